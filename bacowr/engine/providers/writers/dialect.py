"""What every protocol of a writing service has in common."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bacowr.engine.ports import Ending, Prompt, Purpose
from bacowr.engine.providers.writers.events import Event

Body = dict[str, Any]


class WrongShape(ValueError):  # noqa: N818 - named for what happened, as in base.errors.
    """An event does not have the shape that its protocol says."""


class ErrorEvent(Exception):  # noqa: N818 - the protocols' own word for it.
    """The service reports an error inside its stream; carries the event's data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__("The service reports an error.")
        self.data = data


@dataclass(frozen=True)
class Traits:
    """What a model takes beyond the words: set per family in the dated data file.

    `effort` is how hard a thinking model is asked to think; `thinking_tokens` is the room that its
    thinking gets on top of the room for the text.
    """

    takes_temperature: bool = True
    effort: str | None = None
    thinking_tokens: int = 0

    def most_tokens(self, prompt: Prompt) -> int:
        """Give the limit to ask with; a probe has no room to think, and needs none."""
        room = 0 if prompt.purpose is Purpose.PROBE else self.thinking_tokens
        return prompt.max_output_tokens + room


@dataclass
class Gathered:
    """What a stream has brought so far; `ending` is None until the service says why it stopped."""

    parts: list[str] = field(default_factory=list)
    input_tokens: int | None = None
    output_tokens: int | None = None
    ending: Ending | None = None
    is_closed: bool = False

    @property
    def text(self) -> str:
        """Give the text so far."""
        return "".join(self.parts)


class Reading(Protocol):
    """Reads one stream of a protocol, event by event."""

    gathered: Gathered

    def take(self, event: Event) -> None:
        """Take one event in; raise WrongShape or ErrorEvent."""
        ...

    @property
    def is_whole(self) -> bool:
        """Tell whether the stream has said that nothing of the text is missing."""
        ...


class Dialect(Protocol):
    """How one service is asked and understood."""

    @property
    def optional(self) -> Mapping[str, tuple[str, ...]]:
        """Name what may be left out when a model refuses it, and the words of such refusals."""
        ...

    def path(self, model: str) -> str:
        """Give the path of a call, below the service's address."""
        ...

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the headers that carry the key."""
        ...

    def body(self, model: str, prompt: Prompt, left_out: frozenset[str]) -> Body:
        """Give what is sent."""
        ...

    def reading(self) -> Reading:
        """Begin to read an answer."""
        ...


def parsed(event: Event) -> Body:
    """Read an event's data as a JSON object; raise WrongShape when it is none."""
    try:
        return mapping(json.loads(event.data))
    except (ValueError, RecursionError) as error:
        raise WrongShape("An event is not JSON.") from error


def mapping(value: object) -> Body:
    """Give a JSON object as it is, and an empty one for what is missing; raise WrongShape."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise WrongShape("An object is expected.")
    return value


def first(value: object) -> Body:
    """Give the first object of a JSON list, an empty one if there is none; raise WrongShape."""
    if not value:
        return {}
    if not isinstance(value, list):
        raise WrongShape("A list is expected.")
    return mapping(value[0])


def text(value: object) -> str:
    """Give a JSON string, empty for what is missing; raise WrongShape."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongShape("Text is expected.")
    return value


def count(value: object) -> int | None:
    """Give a number of tokens, None when there is none to be had."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None  # type: ignore[return-value]  # Narrowed just above.


def total(values: list[object]) -> int | None:
    """Add up numbers of tokens; None when not one is known."""
    known = [each for each in map(count, values) if each is not None]
    return sum(known) if known else None
