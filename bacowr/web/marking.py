"""An article's text as HTML, with what the checks found marked where it stands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from bacowr.engine.article.parsed import followed, line_starts
from bacowr.engine.checks.model import ORDER, Finding
from bacowr.web.addresses import is_followed

_PARSER = MarkdownIt("commonmark", {"html": False})
_BLOCKS = {
    "heading": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "paragraph": ("p",),
    "bullet_list": ("ul",),
    "ordered_list": ("ol",),
    "list_item": ("li",),
    "blockquote": ("blockquote",),
}
# What a passage can be selected in; it says where it begins in the Markdown.
_PASSAGES = {"heading", "paragraph", "list_item"}
_INLINE = {"strong": "strong", "em": "em"}
Marks = frozenset[int]
NOTHING: Marks = frozenset()


@dataclass
class _Painted:
    """Which findings stand at each character of a text, and which of it no source supports."""

    findings: Sequence[Finding]
    marks: list[Marks]
    unsupported: list[bool]
    begun: set[str] = field(default_factory=set)

    @classmethod
    def over(cls, markdown: str, findings: Iterable[Finding]) -> "_Painted":
        placed = tuple(each for each in findings if each.place is not None)
        made = cls(placed, [NOTHING] * len(markdown), [False] * len(markdown))
        for number, finding in enumerate(placed):
            made._paint(markdown, number, finding)
        return made

    def _paint(self, markdown: str, number: int, finding: Finding) -> None:
        if finding.place is None:
            return
        start, end = max(0, finding.place.start), min(len(markdown), finding.place.end)
        for at in range(start, end):
            self.marks[at] |= {number}
        for words in finding.evidence.marked:
            whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
            for found in whole.finditer(markdown, start, end):
                self.unsupported[found.start() : found.end()] = [True] * len(found[0])

    def at(self, place: int) -> tuple[Marks, bool]:
        if 0 <= place < len(self.marks):
            return self.marks[place], self.unsupported[place]
        return NOTHING, False


def marked(markdown: str, findings: Iterable[Finding] = ()) -> Markup:
    """Render a text; a place with findings becomes a `mark` that names their keys.

    Raw HTML is text, images are left out, and only web addresses become links.
    """
    painted = _Painted.over(markdown, findings)
    lines = line_starts(markdown)
    pieces: list[str] = []
    for token in _PARSER.parse(markdown):
        if token.type == "inline":
            start = lines[(token.map or [0])[0]]
            pieces.extend(_inline(token, markdown, start, painted))
        elif token.type in {"fence", "code_block"}:
            pieces.append(f"<pre>{escape(token.content)}</pre>")
        elif token.type == "hr":
            pieces.append("<hr>")
        elif not token.hidden:
            pieces.append(_block(token, lines))
    return Markup("".join(pieces))  # noqa: S704 - every piece is escaped or a tag of ours.


def _block(token: Token, lines: Sequence[int]) -> str:
    name, _, side = token.type.rpartition("_")
    if token.tag not in _BLOCKS.get(name, ()):
        return ""
    if side == "close":
        return f"</{token.tag}>\n"
    # The page has a heading of its own, above those of the text.
    level = f' aria-level="{int(token.tag[1]) + 1}"' if name == "heading" else ""
    place = f' data-at="{lines[token.map[0]]}"' if name in _PASSAGES and token.map else ""
    return f"<{token.tag}{level}{place}>"


def _inline(token: Token, markdown: str, start: int, painted: _Painted) -> Iterator[str]:
    cursor, closing = start, [""]
    for each in token.children or []:
        name, _, side = each.type.rpartition("_")
        if each.type == "link_open":
            yield _link(str(each.attrs.get("href", "")), closing)
        elif each.type == "link_close":
            yield closing.pop()
        elif name in _INLINE:
            yield f"<{'/' if side == 'close' else ''}{_INLINE[name]}>"
        elif each.type in {"text", "code_inline", "softbreak", "hardbreak", "html_inline"}:
            is_break = each.type.endswith("break")
            text = "\n" if is_break else each.content
            places, cursor = followed(text, markdown, cursor)
            yield from _run(text, places, painted)


def _link(url: str, closing: list[str]) -> str:
    if not is_followed(url):
        closing.append("</span>")
        return "<span>"
    closing.append("</a>")
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">'


def _run(text: str, places: Sequence[int], painted: _Painted) -> Iterator[str]:
    """Cut a run of text where what is marked changes."""
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or painted.at(places[at]) != painted.at(places[begin]):
            yield _piece(text[begin:at], *painted.at(places[begin]), painted)
            begin = at


def _piece(text: str, marks: Marks, is_unsupported: bool, painted: _Painted) -> str:  # noqa: FBT001 - one of what `at` gives.
    inner = str(escape(text))
    if is_unsupported:
        inner = f'<span class="unsupported">{inner}</span>'
    if not marks:
        return inner
    found = sorted(
        (painted.findings[each] for each in marks), key=lambda each: -ORDER.index(each.status)
    )
    keys = [each.key for each in found]
    new = next((each for each in keys if each not in painted.begun), None)
    painted.begun |= {new} if new else set()
    name = f' id="mark-{new}"' if new else ""
    about = f'class="found found-{found[0].status}" data-findings="{" ".join(keys)}"'
    return f"<mark{name} {about}>{inner}</mark>"
