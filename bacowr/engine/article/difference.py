"""What changed between two versions of a text: by paragraphs, and by words within them."""

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_ALIKE = 0.4


class Change(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of characters, and what happened to it."""

    change: Change
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph with its pieces in order; `is_changed` when any of them is not the same."""

    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Tell whether anything in the paragraph changed."""
        return any(each.change is not Change.SAME for each in self.pieces)


def difference(before: str, after: str) -> tuple[Paragraph, ...]:
    """Compare two texts; all pieces but the added give `before`, all but the removed `after`.

    Blank lines between paragraphs are no part of the pieces.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    return tuple(_compared(old, new))


def unified(before: str, after: str) -> str:
    """Give the difference as a unified diff of lines; empty when the texts are the same."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=1
    )
    return "\n".join(lines)


def digest(before: str, after: str) -> str:
    """Give the digest by which it is known that this very difference was shown."""
    return hashlib.sha256(f"{before}\x1f{after}".encode()).hexdigest()


def _paragraphs(text: str) -> list[str]:
    return [each for each in re.split(r"\n\s*\n", text.strip()) if each.strip()]


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            for text in old[a:b]:
                yield Paragraph((Piece(Change.SAME, text),))
        else:
            yield from _paired(old[a:b], new[c:d])


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Pair paragraphs of a changed stretch in their order, where they are alike at all."""
    waiting = list(old)
    for text in new:
        at = next((i for i, each in enumerate(waiting) if _alike(each, text)), None)
        if at is None:
            yield Paragraph((Piece(Change.ADDED, text),))
            continue
        for gone in waiting[:at]:
            yield Paragraph((Piece(Change.REMOVED, gone),))
        yield Paragraph(tuple(_words(waiting[at], text)))
        waiting = waiting[at + 1 :]
    for gone in waiting:
        yield Paragraph((Piece(Change.REMOVED, gone),))


def _alike(old: str, new: str) -> bool:
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _words(old: str, new: str) -> Iterator[Piece]:
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(Change.SAME, "".join(left[a:b]))
            continue
        if b > a:
            yield Piece(Change.REMOVED, "".join(left[a:b]))
        if d > c:
            yield Piece(Change.ADDED, "".join(right[c:d]))
