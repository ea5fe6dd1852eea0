"""Paragraphs as a writer is shown them, and a writer's paragraphs put back in their place.

Links travel as marks: the deal's as the slot, a source's by a number. What comes back is rebuilt
from plain runs of text, so that an answer can neither bring an address nor touch one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bacowr.engine.article.parsed import Block, BlockKind, PlacedLink
from bacowr.engine.checks.subject import Subject
from bacowr.engine.repairs.markup import link_span
from bacowr.engine.writing import rendering
from bacowr.engine.writing.blocks import SLOT, Run, taken_apart

_SLOT_MARK = "{{LINK}}"
_GAP = "\n\n"


@dataclass(frozen=True)
class Piece:
    """One paragraph: `markdown[start:end]`, and as it is shown.

    `link` is the deal's link as it is written, None when the paragraph has none; `addresses` are
    those of its sources, by their numbers.
    """

    number: int
    start: int
    end: int
    shown: str
    link: str | None = None
    addresses: dict[str, str] = field(default_factory=dict)


def pieces(subject: Subject) -> tuple[Piece, ...]:
    """List the paragraphs that can be written anew; those with markup of their own are left out."""
    return tuple(_listed(subject))


def piece_at(subject: Subject, start: int, end: int) -> Piece | None:
    """Find the paragraph that a place in the Markdown lies in."""
    return next((each for each in pieces(subject) if each.start <= start and end <= each.end), None)


def put_back(piece: Piece, answer: str) -> str | None:
    """Make a writer's paragraph Markdown; None unless it is one, with the same links."""
    blocks, removed = taken_apart(answer, frozenset(piece.addresses))
    if removed or len(blocks) != 1 or blocks[0].kind is not BlockKind.PARAGRAPH:
        return None
    if _marks(blocks[0].runs) != _marks(_runs(piece)):
        return None
    return rendering.article(blocks, piece.addresses, piece.link or "").strip()


def _listed(subject: Subject) -> Iterator[Piece]:
    for number, block in enumerate(subject.parsed.paragraphs, start=1):
        piece = _piece(subject, block, number)
        written = piece and subject.article.markdown[piece.start : piece.end]
        # Shown to nobody unless it comes back as it was.
        if piece is not None and put_back(piece, piece.shown) == written:
            yield piece


def _piece(subject: Subject, block: Block, number: int) -> Piece | None:
    markdown = subject.article.markdown
    first, last = block.span
    start = markdown.rfind(_GAP, 0, first) + len(_GAP) if _GAP in markdown[:first] else 0
    end = markdown.find(_GAP, last)
    end = len(markdown.rstrip()) if end < 0 else end
    addresses: dict[str, str] = {}
    shown, at, deal = "", start, None
    for link in block.links:
        placed = PlacedLink(link, block)
        span = link_span(markdown, placed)
        if span is None:
            return None
        shown, at = shown + markdown[at : span[0]], span[1]
        if placed in subject.target_links:
            shown, deal = shown + _SLOT_MARK, (deal or "") + markdown[slice(*span)]
        else:
            key = f"P{len(addresses) + 1}"
            addresses[key] = link.url
            shown += f"[{link.text}]({key})"
    return Piece(number, start, end, shown + markdown[at:end], deal, addresses)


def _runs(piece: Piece) -> tuple[Run, ...]:
    blocks, _ = taken_apart(piece.shown, frozenset(piece.addresses))
    return blocks[0].runs if len(blocks) == 1 else ()


def _marks(runs: tuple[Run, ...]) -> tuple[int, list[tuple[str, str]]]:
    """Give how often the slot stands there, and the citations with their words."""
    slots = sum(each.text.count(SLOT) for each in runs)
    return slots, sorted((each.key, " ".join(each.text.split())) for each in runs if each.key)
