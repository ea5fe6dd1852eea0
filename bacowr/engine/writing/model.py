"""What having an article written leaves behind, beside the article."""

from dataclasses import dataclass, field
from enum import StrEnum

from bacowr.engine.ports import Ending, Purpose
from bacowr.engine.writing.passages import Passage


class Why(StrEnum):
    """Why something was taken out of a writer's answer."""

    ADDRESS = "address"
    LINK = "link"
    HTML = "html"
    IMAGE = "image"
    UNKNOWN_SOURCE = "unknown_source"
    BARE_NUMBER = "bare_number"
    SECOND_LINK = "second_link"
    SECOND_SLOT = "second_slot"
    LABEL = "label"
    PREAMBLE = "preamble"
    NOTE = "note"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Removed:
    """Something that was taken out of an answer, shortened."""

    what: str
    why: Why


class PlacedBy(StrEnum):
    """How the link found its place; a missing one is for a person to place."""

    SLOT = "slot"
    WORDS = "words"
    MISSING = "missing"


@dataclass(frozen=True)
class Call:
    """One answer of a writer, with the tokens its provider reported."""

    purpose: Purpose
    version: str
    provider: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    ending: Ending
    seconds: float


@dataclass(frozen=True)
class Answer:
    """An answer without wrapping: the Markdown, the hints after it, and what was stripped."""

    text: str
    hints: dict[str, object] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()


@dataclass(frozen=True)
class Assembled:
    """A finished text: its Markdown, how the link was placed, and what was taken out."""

    markdown: str
    placed_by: PlacedBy
    removed: tuple[Removed, ...]


@dataclass(frozen=True)
class Round:
    """A round of writing: the last answer, the plan before it, and every call."""

    answer: Answer
    kept: Purpose
    outline: str
    calls: tuple[Call, ...]
    removed: tuple[Removed, ...]
    passages: tuple[Passage, ...]
