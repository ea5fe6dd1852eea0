"""Google's Generative Language API: what is asked, and the stream that answers.

Source: ai.google.dev, "models.streamGenerateContent" and "FinishReason", 2026-11.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from bacowr.engine.ports import Ending, Prompt
from bacowr.engine.providers.writers.dialect import (
    Body,
    ErrorEvent,
    Gathered,
    Traits,
    WrongShape,
    first,
    mapping,
    parsed,
    text,
    total,
)
from bacowr.engine.providers.writers.events import Event

REFUSALS = frozenset(
    {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"}
)


@dataclass(frozen=True)
class GenerateContent:
    """Speaks streamGenerateContent."""

    traits: Traits
    optional = MappingProxyType(
        {
            "temperature": ("temperature",),
            "thinkingConfig": ("thinkingconfig", "thinking_config", "thinking"),
        }
    )

    def path(self, model: str) -> str:
        """Give the path of a call; the model's name stands in it."""
        name = quote(model.removeprefix("models/"), safe="")
        return f"/v1beta/models/{name}:streamGenerateContent?alt=sse"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the header that carries the key, which never stands in the address."""
        return {"x-goog-api-key": key or ""}

    def body(self, model: str, prompt: Prompt, left_out: frozenset[str]) -> Body:  # noqa: ARG002 - the model stands in the path.
        """Give what is sent; instructions and material go separately."""
        settings: Body = {
            "maxOutputTokens": self.traits.most_tokens(prompt),
        }
        if self.traits.takes_temperature:
            settings["temperature"] = prompt.temperature
        if self.traits.effort:
            settings["thinkingConfig"] = {"thinkingLevel": self.traits.effort}
        return {
            "systemInstruction": {"parts": [{"text": prompt.system}]},
            "contents": [{"role": "user", "parts": [{"text": prompt.user}]}],
            "generationConfig": {k: v for k, v in settings.items() if k not in left_out},
        }

    def reading(self) -> "ContentReading":
        """Begin to read an answer."""
        return ContentReading()


@dataclass
class ContentReading:
    """Reads a stream of partial answers; the last one that has a reason to stop closes it."""

    gathered: Gathered = field(default_factory=Gathered)

    @property
    def is_whole(self) -> bool:
        """Tell whether a reason to stop came."""
        return self.gathered.ending is not None

    def take(self, event: Event) -> None:
        """Take one partial answer in; thoughts are counted but are no text."""
        data = parsed(event)
        if data.get("error"):
            raise ErrorEvent(data)
        if mapping(data.get("promptFeedback")).get("blockReason"):
            self.gathered.ending = Ending.REFUSED
        candidate = first(data.get("candidates"))
        for part in _parts(candidate):
            if part.get("thought") is not True:
                self.gathered.parts.append(text(part.get("text")))
        self._stop(text(candidate.get("finishReason")))
        if usage := mapping(data.get("usageMetadata")):
            self.gathered.input_tokens = total([usage.get("promptTokenCount")])
            thoughts_and_text = [usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount")]
            self.gathered.output_tokens = total(thoughts_and_text)

    def _stop(self, reason: str) -> None:
        if reason in REFUSALS:
            self.gathered.ending = Ending.REFUSED
        elif reason:
            self.gathered.ending = Ending.COMPLETE if reason == "STOP" else Ending.CUT


def _parts(candidate: Body) -> list[Body]:
    parts = mapping(candidate.get("content")).get("parts") or []
    if not isinstance(parts, list):
        raise WrongShape("A list of parts is expected.")
    return [mapping(each) for each in parts]
