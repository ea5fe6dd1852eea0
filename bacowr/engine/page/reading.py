"""A page taken apart: what it says about itself, its headings, links and running text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from bacowr.engine.page.body import body_text, parse
from bacowr.engine.page.structured import structured
from bacowr.engine.ports import Page, Source
from bacowr.engine.text import language, words

MAX_HEADINGS = 40
MAX_LINKS = 300
MAX_FIELD_CHARACTERS = 500

_NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+(?=\D)")


@dataclass(frozen=True)
class Heading:
    """A heading and its level, 1 to 6, without its number."""

    level: int
    text: str


@dataclass(frozen=True)
class Link:
    """A link as it stands on a page, its address made whole."""

    url: str
    text: str


@dataclass(frozen=True)
class Reading:
    """What was read on one usable page; a missing title is None and never a placeholder."""

    source: Source
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    site_name: str | None = None
    og_type: str | None = None
    canonical: str | None = None
    robots_meta: str | None = None
    robots_header: str | None = None
    html_language: str | None = None
    text_language: str | None = None
    structured_types: tuple[str, ...] = ()
    organization: str | None = None
    has_price: bool = False
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    link_count: int = 0
    text_link_count: int = 0
    image_count: int = 0
    text: str = ""
    text_cut: bool = False

    @property
    def url(self) -> str:
        """Give the address at which the page was really found."""
        return self.source.final_url

    @property
    def language(self) -> str | None:
        """Tell the page's language: as it declares, else as its text reads."""
        return self.html_language or self.text_language

    @property
    def word_count(self) -> int:
        """Count the words of the running text."""
        return words.count(self.text)

    def headings_of(self, level: int) -> tuple[str, ...]:
        """List the headings of one level."""
        return tuple(each.text for each in self.headings if each.level == level)


def read(page: Page) -> Reading:
    """Take a usable page apart."""
    tree = parse(page.html)
    data = structured(tree)
    text, text_cut = body_text(page.html)
    return Reading(
        source=page.source,
        title=_first(tree, "//title/text()") or _meta(tree, "og:title"),
        description=_meta(tree, "description") or _meta(tree, "og:description"),
        keywords=_keywords(tree),
        site_name=_meta(tree, "og:site_name"),
        og_type=_meta(tree, "og:type"),
        canonical=_canonical(tree, page.source.final_url),
        robots_meta=_meta(tree, "robots"),
        robots_header=page.robots_header,
        html_language=language.named(tree.get("lang")),
        text_language=language.identified(text),
        structured_types=data.types,
        organization=data.organization,
        has_price=data.has_price,
        headings=tuple(_headings(tree))[:MAX_HEADINGS],
        links=tuple(_links(tree, page.source.final_url))[:MAX_LINKS],
        link_count=len(tree.xpath("//a[@href]")),
        text_link_count=len(tree.xpath("//p//a[@href]")),
        image_count=len(tree.xpath("//img")),
        text=text,
        text_cut=text_cut,
    )


def _clean(text: object) -> str:
    return re.sub(r"\s+", " ", str(text)).strip()[:MAX_FIELD_CHARACTERS]


def _first(tree: HtmlElement, path: str) -> str | None:
    return next((clean for each in tree.xpath(path) if (clean := _clean(each))), None)


def _meta(tree: HtmlElement, name: str) -> str | None:
    for element in tree.xpath("//meta[@content]"):
        named = element.get("name") or element.get("property") or ""
        if named.strip().lower() == name and (clean := _clean(element.get("content"))):
            return clean
    return None


def _keywords(tree: HtmlElement) -> tuple[str, ...]:
    listed = (_clean(each) for each in (_meta(tree, "keywords") or "").split(","))
    return tuple(each for each in listed if each)


def _canonical(tree: HtmlElement, base: str) -> str | None:
    href = _first(tree, "//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
    return _joined(base, href) if href else None


def _headings(tree: HtmlElement) -> Iterator[Heading]:
    for element in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6"):
        text = _NUMBERING.sub("", _clean(element.text_content()))
        if text:
            yield Heading(int(element.tag[1]), text)


def _links(tree: HtmlElement, base: str) -> Iterator[Link]:
    for element in tree.xpath("//a[@href]"):
        url = _joined(base, element.get("href", ""))
        if url is not None:
            yield Link(url, _clean(element.text_content()))


def _joined(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return url.partition("#")[0]
