"""What a page asks of search engines: robots meta and X-Robots-Tag."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from bacowr.engine.watch.model import Robots

# Directives for any other robot say nothing about how the page is found.
_AGENTS = frozenset({"robots", "googlebot", "bingbot", "*"})
_WITH_VALUES = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)
_AGENT = re.compile(r"^([\w*-]+)\s*:\s*(.*)$", re.DOTALL)


def read(tree: HtmlElement | None, header: str | None) -> Robots:
    """Read the directives that count, in lower case."""
    return Robots(_of_meta(tree) if tree is not None else (), tuple(_of_header(header or "")))


def source_of(robots: Robots, *wanted: str) -> str | None:
    """Say where one of the directives stands; None when nowhere. `none` means all of them."""
    for place, found in (("robots meta", robots.meta), ("X-Robots-Tag", robots.header)):
        if {*wanted, "none"} & set(found):
            return place
    return None


def _of_meta(tree: HtmlElement) -> tuple[str, ...]:
    found: list[str] = []
    for element in tree.xpath("//meta[@name and @content]"):
        if element.get("name").strip().lower() in _AGENTS:
            found += re.split(r"[,\s]+", element.get("content").strip().lower())
    return tuple(dict.fromkeys(filter(None, found)))


def _of_header(header: str) -> Iterator[str]:
    counts = True
    for part in header.lower().split(","):
        text = part.strip()
        match = _AGENT.match(text)
        if match and match[1] not in _WITH_VALUES:
            counts, text = match[1] in _AGENTS, match[2].strip()
        if counts and text:
            yield text
