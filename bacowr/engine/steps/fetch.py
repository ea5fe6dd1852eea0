"""Fetch: the target, the publisher's front and about page, some articles, and trust candidates."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from bacowr.engine import urls
from bacowr.engine.order import Order
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.page.article_links import article_links
from bacowr.engine.page.reading import Reading, read
from bacowr.engine.ports import Fault, Fetch, Ports, Role, Source
from bacowr.engine.record import Fetched
from bacowr.engine.research.trust import trust_links
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs

# Defaults of domain 3.3.
ABOUT_PATHS = ("/om-oss", "/about", "/om", "/about-us")
ARTICLES = 5
ARTICLE_ATTEMPTS = 10
TRUST_PAGES = 3

OK = 200
_ABOUT_PATH = re.compile(r"/(?:om-oss|about|om|about-us)(?:/|\.\w+)?", re.IGNORECASE)
_TRY_NEXT_HOME = {Fault.UNREACHABLE, Fault.ADDRESS}
# The page may well be there for people, although it cannot be read here.
_FOUND_BUT_UNREAD = {Fault.ROBOTS, Fault.TOO_LARGE}


def run(order: Order, _outputs: Outputs, ports: Ports) -> Json:
    """Read what the order needs; a page that cannot be had is a line in the ledger, no error."""
    asked = _Asked(ports.fetch)
    target = asked.read(order.target_url, Role.TARGET)
    home = _home(asked, order.publisher_domain)
    front = tuple(each for each in (home, _about(asked, home) if home else None) if each)
    articles = _articles(asked, home, order.target_url) if home else ()
    pages = [each for each in (target, *front, *articles) if each]
    trust = tuple(
        reading
        for url in trust_links(pages, order)[:TRUST_PAGES]
        if (reading := asked.read(url, Role.TRUST))
    )
    ledger = tuple(asked.ledger)
    return to_json(Fetched(target, front, articles, trust, ledger, _gate(ledger)))


@dataclass
class _Asked:
    """The pages asked for so far, in the order of asking."""

    fetch: Fetch
    ledger: list[Source] = field(default_factory=list)

    def read(self, url: str, role: Role) -> Reading | None:
        page = self.fetch.get(url)
        source = replace(page.source, role=role)
        reading = read(replace(page, source=source)) if source.usable else None
        if reading is not None and not reading.text:
            source = replace(source, fault=Fault.EMPTY, reason="The page holds no readable text.")
            reading = None
        self.ledger.append(source)
        return reading


def _home(asked: _Asked, domain: str) -> Reading | None:
    for url in asked.fetch.home_urls(domain):
        reading = asked.read(url, Role.HOME)
        if reading is not None or asked.ledger[-1].fault not in _TRY_NEXT_HOME:
            return reading
    return None


def _about(asked: _Asked, home: Reading) -> Reading | None:
    """Read the first about page there is: one that the front page links to, else by its path."""
    linked = [
        each.url
        for each in home.links
        if _ABOUT_PATH.fullmatch(urlsplit(each.url).path) and urls.same_site(home.url, each.url)
    ]
    for url in linked[:1] or [urljoin(home.url, path) for path in ABOUT_PATHS]:
        reading = asked.read(url, Role.ABOUT)
        if reading is not None:
            return reading
    return None


def _articles(asked: _Asked, home: Reading, target_url: str) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for url in article_links(home, target_url)[:ARTICLE_ATTEMPTS]:
        if len(found) == ARTICLES:
            break
        reading = asked.read(url, Role.ARTICLE)
        if reading is not None:
            found.append(reading)
    return tuple(found)


def _gate(ledger: tuple[Source, ...]) -> Block | None:
    """Shut the gate when the target did not answer 200, or when nothing at all could be read."""
    target = ledger[0]
    if target.status != OK and target.fault not in _FOUND_BUT_UNREAD:
        message = f"The target page could not be had: {target.reason}"
        return Block(BlockReason.TARGET_HTTP, message)
    if not any(each.usable for each in ledger):
        message = "None of the pages that were asked for could be read."
        return Block(BlockReason.NO_SOURCES, message)
    return None
