"""Chat Completions: OpenAI's protocol, and that of every address compatible with it.

Source: OpenAI API reference, "Chat Completions" and its streaming chunk object, 2026-11.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from bacowr.engine.ports import Ending, Prompt
from bacowr.engine.providers.writers.dialect import (
    Body,
    ErrorEvent,
    Gathered,
    Traits,
    first,
    mapping,
    parsed,
    text,
    total,
)
from bacowr.engine.providers.writers.events import Event

ENDINGS = {"stop": Ending.COMPLETE, "content_filter": Ending.REFUSED}
LAST = "[DONE]"
_LIMITS = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class ChatCompletions:
    """Speaks Chat Completions.

    OpenAI's own models take `max_completion_tokens`, many compatible servers only the older
    `max_tokens`; `limit` is the one tried first, and the other follows when it is refused.
    """

    traits: Traits
    limit: str = "max_completion_tokens"
    needs_last: bool = True
    optional = MappingProxyType(
        {
            "temperature": ("temperature",),
            "reasoning_effort": ("reasoning_effort", "reasoning.effort"),
            "stream_options": ("stream_options", "include_usage"),
            "max_completion_tokens": ("max_completion_tokens",),
            "max_tokens": ("max_tokens",),
        }
    )

    def path(self, model: str) -> str:  # noqa: ARG002 - the model stands in the body.
        """Give the path of a call."""
        return "/chat/completions"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the header that carries the key; a server of one's own may need none."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def body(self, model: str, prompt: Prompt, left_out: frozenset[str]) -> Body:
        """Give what is sent."""
        body: Body = {
            "model": model,
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.traits.takes_temperature:
            body["temperature"] = prompt.temperature
        if self.traits.effort:
            body["reasoning_effort"] = self.traits.effort
        limit = self._limit(left_out)
        body[limit] = self.traits.most_tokens(prompt)
        return {name: each for name, each in body.items() if name == limit or name not in left_out}

    def _limit(self, left_out: frozenset[str]) -> str:
        """Choose how the limit is called; a request without one would cost what it likes."""
        other = _LIMITS[1 - _LIMITS.index(self.limit)]
        return other if self.limit in left_out else self.limit

    def reading(self) -> "ChatReading":
        """Begin to read an answer."""
        return ChatReading(self.needs_last)


@dataclass
class ChatReading:
    """Reads a completion's stream; the counts come in a last chunk without choices, or never."""

    needs_last: bool
    gathered: Gathered = field(default_factory=Gathered)

    @property
    def is_whole(self) -> bool:
        """Tell whether there is a reason to stop and, where it is sure to come, the last line."""
        ended = self.gathered.ending is not None
        return ended and (self.gathered.is_closed or not self.needs_last)

    def take(self, event: Event) -> None:
        """Take one event in."""
        if event.data.strip() == LAST:
            self.gathered.is_closed = True
            return
        data = parsed(event)
        if data.get("error"):
            raise ErrorEvent(data)
        choice = first(data.get("choices"))
        delta = mapping(choice.get("delta"))
        self.gathered.parts.append(text(delta.get("content")))
        self._stop(text(choice.get("finish_reason")), text(delta.get("refusal")))
        if usage := mapping(data.get("usage")):
            self.gathered.input_tokens = total([usage.get("prompt_tokens")])
            self.gathered.output_tokens = total([usage.get("completion_tokens")])

    def _stop(self, reason: str, refusal: str) -> None:
        if self.gathered.ending is Ending.REFUSED:
            return
        if refusal:
            self.gathered.ending = Ending.REFUSED
        elif reason:
            self.gathered.ending = ENDINGS.get(reason, Ending.CUT)
