"""The words of a page, and how much of a signed text is among them."""

from lxml.html import HtmlElement

from bacowr.engine.article.parsed import parse
from bacowr.engine.originality.own_text import plain_runs, runs
from bacowr.engine.originality.shingles import SHINGLE_WORDS, ShingleIndex
from bacowr.engine.text import words

_SILENT = "//script|//style|//noscript|//template|//head"
_FRAME = "//nav|//header|//footer|//aside|//form"


def text_of(tree: HtmlElement, *, own: bool = False) -> str:
    """Give the page's text, block by block; `own`: without menus, side columns and forms."""
    skipped = set(tree.xpath(f"{_SILENT}|{_FRAME}" if own else _SILENT))
    parts: list[str] = []
    _gather(tree, skipped, parts)
    return " ".join(" ".join(parts).split())


def own_words(tree: HtmlElement) -> int:
    """Count the words of the page itself."""
    return words.count(text_of(tree, own=True))


def containment(signed: str, page: str) -> float | None:
    """Give the share of the signed Markdown's word sequences that the page holds, 0 to 1.

    None when the text is too short to hold one.
    """
    own = runs(parse(signed))
    if not any(len(run) >= SHINGLE_WORDS for run in own):
        return None
    index = ShingleIndex()
    index.add("page", plain_runs(page))
    return next((each.share for each in index.overlaps(own)), 0.0)


def _gather(element: HtmlElement, skipped: set[HtmlElement], parts: list[str]) -> None:
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        here, is_closing = stack.pop()
        if is_closing:
            parts.append(here.tail or "")
            continue
        stack.append((here, True))
        if here in skipped or not isinstance(here.tag, str):
            continue
        parts.append(here.text or "")
        stack.extend((each, False) for each in reversed(here))
