"""Prompts put together from their files and an order's material."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template

from bacowr.engine.ports import Prompt, Purpose

# Domain 3.9: the most tokens each call may answer with.
OUTPUT_TOKENS = {
    Purpose.OUTLINE: 1_000,
    Purpose.CONTENT: 3_000,
    Purpose.POLISH: 3_500,
    Purpose.SINGLE: 4_000,
    Purpose.FIX: 1_500,
    Purpose.PARAGRAPH: 800,
}
TEMPERATURE = 0.7
DIGEST_CHARACTERS = 8


@dataclass(frozen=True)
class PromptFile:
    """One prompt file: its version and its text."""

    version: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """Fill the placeholders; raise KeyError for one that has no value."""
        return Template(self.text).substitute(values).strip()


@cache
def prompt_file(name: str) -> PromptFile:
    """Read a prompt file by its name without ending; raise ValueError without version line."""
    path = resources.files("bacowr.engine.prompts").joinpath(f"{name}.md")
    head, mark, text = path.read_text(encoding="utf-8").partition("\n---\n")
    label, _, version = head.strip().partition(": ")
    if not mark or label != "version" or not version:
        raise ValueError(f"The prompt file {name} has no version line.")
    return PromptFile(version.strip(), text)


def has_prompt_file(name: str) -> bool:
    """Tell whether there is a prompt file of this name."""
    return resources.files("bacowr.engine.prompts").joinpath(f"{name}.md").is_file()


def prompt(
    purpose: Purpose, parts: tuple[str, ...], system: str, values: Mapping[str, str]
) -> Prompt:
    """Make one call's prompt; `parts` are the files that the system text was made of."""
    file = prompt_file(purpose.value)
    return Prompt(
        purpose=purpose,
        version=_version(purpose.value, parts),
        system=system,
        user=file.filled(values),
        max_output_tokens=OUTPUT_TOKENS[purpose],
        temperature=TEMPERATURE,
    )


@cache
def _version(name: str, parts: tuple[str, ...]) -> str:
    """Name a prompt's text: its file's version, and a digest of all files that went into it."""
    texts = "\x1f".join(prompt_file(each).text for each in (name, *parts))
    digest = hashlib.sha256(texts.encode()).hexdigest()[:DIGEST_CHARACTERS]
    return f"{name} {prompt_file(name).version} {digest}"
