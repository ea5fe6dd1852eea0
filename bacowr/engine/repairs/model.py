"""What a repair is made of: changes, each with its reason and its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.article.model import Article
from bacowr.engine.checks.model import Place


class Operation(StrEnum):
    """What a repair may do to a text (domain 3.11)."""

    INSERT_STATEMENT = "insert_statement"
    EDIT_TONE = "edit_tone"
    SWAP_SOURCE = "swap_source"
    ADD_SOURCE = "add_source"
    MOVE_LINK = "move_link"
    SWAP_ANCHOR = "swap_anchor"
    REWORD = "reword"


class Outcome(StrEnum):
    """What came of a repair."""

    APPLIED = "applied"
    NOTHING_TO_FIX = "nothing_to_fix"
    NEEDS_PERSON = "needs_person"
    NEEDS_WRITER = "needs_writer"
    FAILED = "failed"


@dataclass(frozen=True)
class Change:
    """One operation: `markdown[place]` was `before` and becomes `after`.

    The places of several changes follow each other: each is in the text that the changes before it
    have left.
    """

    operation: Operation
    reason: str
    before: str
    after: str
    place: Place


@dataclass(frozen=True)
class Edit:
    """A piece of Markdown and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Repair:
    """What was changed, what is only proposed, and what only a writer can do.

    `article` is the repaired one, or the one as it was when nothing was applied; `diff` is a
    unified one of the changes, or of the proposals when these were not applied.
    """

    outcome: Outcome
    applied: bool
    reason: str
    article: Article
    changes: tuple[Change, ...]
    proposals: tuple[Change, ...]
    needs_writer: tuple[str, ...]
    diff: str
    before_sha256: str
    after_sha256: str


def change(markdown: str, edits: Sequence[Edit], operation: Operation, reason: str) -> Change:
    """Make one change of edits that don't overlap; it spans all of them."""
    ordered = sorted(edits, key=lambda each: each.start)
    start, end = ordered[0].start, max(each.end for each in ordered)
    pieces, at = [], start
    for each in ordered:
        pieces += [markdown[at : each.start], each.text]
        at = each.end
    after = "".join((*pieces, markdown[at:end]))
    return Change(operation, reason, markdown[start:end], after, Place(start, end))


def carried_out(markdown: str, made: Change) -> str:
    """Put a change into the text that it was made for; raise ValueError for any other text."""
    start, end = made.place.start, made.place.end
    if markdown[start:end] != made.before:
        raise ValueError("The change was made for another text.")
    return markdown[:start] + made.after + markdown[end:]
