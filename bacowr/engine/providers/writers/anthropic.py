"""Anthropic's Messages API: what is asked, and the stream that answers.

Source: platform.claude.com, "Streaming messages", "Stop reasons", "Errors", 2026-11.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from bacowr.engine.ports import Ending, Prompt
from bacowr.engine.providers.writers.dialect import (
    Body,
    ErrorEvent,
    Gathered,
    Traits,
    mapping,
    parsed,
    text,
    total,
)
from bacowr.engine.providers.writers.events import Event

VERSION = "2023-06-01"
ENDINGS = {
    "end_turn": Ending.COMPLETE,
    "stop_sequence": Ending.COMPLETE,
    "refusal": Ending.REFUSED,
}
_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


@dataclass(frozen=True)
class Messages:
    """Speaks the Messages API."""

    traits: Traits
    optional = MappingProxyType(
        {"temperature": ("temperature",), "output_config": ("output_config", "effort")}
    )

    def path(self, model: str) -> str:  # noqa: ARG002 - the model stands in the body.
        """Give the path of a call."""
        return "/v1/messages"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the headers that carry the key."""
        return {"x-api-key": key or "", "anthropic-version": VERSION}

    def body(self, model: str, prompt: Prompt, left_out: frozenset[str]) -> Body:
        """Give what is sent; instructions and material go separately."""
        body: Body = {
            "model": model,
            "max_tokens": self.traits.most_tokens(prompt),
            "system": prompt.system,
            "messages": [{"role": "user", "content": prompt.user}],
            "stream": True,
        }
        if self.traits.takes_temperature:
            body["temperature"] = prompt.temperature
        if self.traits.effort:
            body["output_config"] = {"effort": self.traits.effort}
        return {name: each for name, each in body.items() if name not in left_out}

    def reading(self) -> "MessageReading":
        """Begin to read an answer."""
        return MessageReading()


@dataclass
class MessageReading:
    """Reads a message's stream; the counts of tokens are the stream's latest."""

    gathered: Gathered = field(default_factory=Gathered)
    _usage: Body = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Tell whether `message_stop` came after a reason to stop."""
        return self.gathered.is_closed and self.gathered.ending is not None

    def take(self, event: Event) -> None:
        """Take one event in; kinds that are not known are passed over, as the service asks."""
        data = parsed(event)
        match data.get("type"):
            case "error":
                raise ErrorEvent(data)
            case "message_start":
                self._count(mapping(mapping(data.get("message")).get("usage")))
            case "content_block_start":
                self._words(mapping(data.get("content_block")), kind="text")
            case "content_block_delta":
                self._words(mapping(data.get("delta")), kind="text_delta")
            case "message_delta":
                self._count(mapping(data.get("usage")))
                self._stop(text(mapping(data.get("delta")).get("stop_reason")))
            case "message_stop":
                self.gathered.is_closed = True

    def _words(self, block: Body, *, kind: str) -> None:
        if block.get("type") == kind:
            self.gathered.parts.append(text(block.get("text")))

    def _stop(self, reason: str) -> None:
        if reason:
            self.gathered.ending = ENDINGS.get(reason, Ending.CUT)

    def _count(self, usage: Body) -> None:
        """Keep the counts; what was written to a cache or read from it was input too."""
        self._usage |= {name: each for name, each in usage.items() if each is not None}
        self.gathered.input_tokens = total([self._usage.get(name) for name in _INPUT])
        self.gathered.output_tokens = total([self._usage.get("output_tokens")])
