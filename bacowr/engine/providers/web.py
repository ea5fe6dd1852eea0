"""Pages from the web, and whether they can be used."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bacowr.base.http import HttpAnswer, Outgoing
from bacowr.engine.ports import Fault, Page, Source
from bacowr.engine.providers.decoding import decoded
from bacowr.engine.providers.polite import Unfetched, Visitor

OK = 200
HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class WebPages:
    """A Fetch that reads the web through the guarded client."""

    outgoing: Outgoing
    clock: Callable[[], datetime]
    _visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_visitor", Visitor(self.outgoing))

    def home_urls(self, domain: str) -> tuple[str, ...]:
        """List where a domain's front page may be, likeliest first."""
        return self.outgoing.home_urls(domain)

    def get(self, url: str) -> Page:
        """Read one page; every way to fail becomes a fault in its source."""
        asked_at = self.clock().isoformat(timespec="seconds")
        answer = self._visitor.fetch(url)
        if isinstance(answer, Unfetched):
            return Page(Source(url, url, asked_at, fault=answer.fault, reason=answer.reason))
        return page(answer, asked_at)


def page(answer: HttpAnswer, fetched_at: str) -> Page:
    """Judge an answer: only HTML with status 200 and something in it is usable."""
    content_type = answer.headers.get("content-type", "")
    html = decoded(answer.body, content_type)
    fault, reason = _judge(answer, content_type, html)
    source = Source(
        url=answer.url,
        final_url=answer.final_url,
        fetched_at=fetched_at,
        status=answer.status,
        sha256=hashlib.sha256(answer.body).hexdigest(),
        fault=fault,
        reason=reason,
        redirects=answer.redirects,
    )
    return Page(source, "" if fault else html, answer.headers.get("x-robots-tag"))


def _judge(answer: HttpAnswer, content_type: str, html: str) -> tuple[Fault | None, str | None]:
    if answer.status != OK:
        return Fault.STATUS, f"The server answered {answer.status}."
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in HTML_TYPES:
        return Fault.NOT_HTML, f"The page is not HTML but {kind or 'of no stated type'}."
    if not html.strip():
        return Fault.EMPTY, "The page is empty."
    return None, None
