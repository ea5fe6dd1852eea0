"""Markdown read for export: tables as well, raw HTML as text, the deal's link with its rel."""

from collections.abc import Iterable, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bacowr.exports.model import comparable

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def tokens(markdown: str) -> list[Token]:
    """Parse a text; images are left out, because nothing of theirs is handed over."""
    found = _PARSER.parse(markdown)
    for each in found:
        if each.children:
            each.children = [child for child in each.children if child.type != "image"]
    return found


def with_rel(parsed: Sequence[Token], target_url: str, rel: str | None) -> Sequence[Token]:
    """Set `rel` on every link to the target; any other link has none."""
    wanted = comparable(target_url)
    for link in _links(parsed):
        if rel and comparable(str(link.attrs.get("href", ""))) == wanted:
            link.attrSet("rel", rel)
    return parsed


def rendered(parsed: Sequence[Token]) -> str:
    """Render tokens as HTML."""
    return str(_PARSER.renderer.render(parsed, _PARSER.options, {}))


def _links(parsed: Iterable[Token]) -> Iterable[Token]:
    return (child for each in parsed for child in each.children or [] if child.type == "link_open")
