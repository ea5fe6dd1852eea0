"""A writer that needs no network: it writes a whole article from what its prompt says."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from bacowr.engine.ports import Prompt, Purpose, Written

_SECTIONS = tomllib.loads(Path(__file__).with_name("canned_article.toml").read_text("utf-8"))
_HINTS = '{"qc_extension": {"doubts": []}}'


@dataclass
class CannedWriter:
    """Answers every purpose at once, in Swedish or English, and keeps the prompts it was given.

    The article states nothing but one sentence of its first passage: it tells how to go about
    deciding. With `answers` a purpose's answer can be replaced.
    """

    provider: str = "canned"
    model: str = "canned-1"
    answers: dict[Purpose, str] = field(default_factory=dict)
    prompts: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt) -> Written:
        """Answer as a good model would."""
        self.prompts.append(prompt)
        text = self.answers.get(prompt.purpose)
        if text is None:
            make = _MAKERS.get(prompt.purpose, article)
            text = make(prompt)
            if prompt.purpose in {Purpose.POLISH, Purpose.SINGLE}:
                text += f"\n===HINTS===\n{_HINTS}\n"
        sent = len(prompt.system) + len(prompt.user)
        return Written(text, self.provider, self.model, sent // 4, len(text) // 4)


def article(prompt: Prompt) -> str:
    """Write the article that a prompt asks for."""
    swedish = "Language: Swedish" in prompt.user
    is_flow = "no other heading" in prompt.system
    parts = [f"# {_title(prompt)}"]
    for place, (heading, topic) in enumerate(_headings(prompt)):
        body = _paragraphs(place, swedish=swedish, is_flow=is_flow)
        if not is_flow:
            parts.append(f"## {heading}")
        parts += [" ".join(body)] if is_flow else body
        parts = [each.replace("{topic}", topic) for each in parts]
    text = "\n\n".join(parts) + "\n"
    return (
        text.replace("{terms}", _terms(prompt, swedish=swedish))
        .replace("{fact}", _fact(prompt))
        .replace("{subject}", _first(r"^\| Subject: (.+)$", prompt.user) or "saken")
    )


def _fact(prompt: Prompt) -> str:
    """Quote the first whole sentence of the first passage, with a citation on its first words."""
    lines = re.findall(r"^\| (?!Passage)(.+[.])$", _passage(prompt), re.MULTILINE)
    words: list[str] = next((each.split() for each in lines if 8 <= len(each.split()) <= 25), [])
    return f"\u201d[{' '.join(words[:2])}](S1) {' '.join(words[2:])}\u201d" if words else ""


def _passage(prompt: Prompt) -> str:
    match = re.search(r"^BEGIN DATA S1 .*?^END DATA", prompt.user, re.MULTILINE | re.DOTALL)
    return match[0] if match else ""


def _headings(prompt: Prompt) -> list[tuple[str, str]]:
    """Give five headings that differ, with their topics."""
    pattern = r"^\| Heading \d+: (.+) \(topic: (.+); about"
    found = re.findall(pattern, prompt.user, re.MULTILINE) or [("Text", "text")]
    listed = (found * 5)[:5]
    return [
        (f"{heading} ({place + 1})" if place >= len(found) else heading, topic)
        for place, (heading, topic) in enumerate(listed)
    ]


def _paragraphs(place: int, *, swedish: bool, is_flow: bool) -> list[str]:
    section = _SECTIONS["sv" if swedish else "en"][place]
    more = section["more"][: int(place <= 2)] if is_flow else section["more"]
    listed = [*section["paragraphs"], *more, section["last"]]
    return [" ".join(each.split()) for each in listed]


def _terms(prompt: Prompt, *, swedish: bool) -> str:
    listed = _first(r"around the slot: (.+)$", prompt.user)
    terms = listed.split(", ")[:6] if listed else [_headings(prompt)[0][1]]
    joined = ", ".join(terms[:-1])
    return f"{joined} {'och' if swedish else 'and'} {terms[-1]}" if joined else terms[-1]


def _outline(prompt: Prompt) -> str:
    headings = re.findall(r"^\| Heading \d+: (.+) \(topic:", prompt.user, re.MULTILINE)
    lines = [f"# {_title(prompt)}", "Promise: the reader knows how to decide."]
    for each in headings:
        lines += ["", f"## {each}", "- Point: one idea.", "- Facts: S1", "- Words: 200"]
    return "\n".join(lines)


def _title(prompt: Prompt) -> str:
    found = _first(r"^\| Title in the publication's manner: (.+)$", prompt.user)
    return found or _first(r"^\| Subject: (.+)$", prompt.user) or "Article"


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else None


def _fix(prompt: Prompt) -> str:
    """Add the wanted words to the paragraph that holds the link, and change nothing else."""
    number, text = _shown(prompt, r"[^=]*\{\{LINK\}\}[^=]*")
    wanted = _first(r"without any new claim: (.+)\.$", prompt.user) or ""
    terms = ", ".join(wanted.split(", ")[:4])
    return f"==={number}===\n{text} {_MORE[_is_swedish(prompt)].format(terms=terms)}\n"


def _paragraph(prompt: Prompt) -> str:
    """Begin the paragraph with a few words more."""
    number = _first(r"^Write paragraph (\d+) of", prompt.user)
    _, text = _shown(prompt, "[^=]*", number)
    return f"==={number}===\n{_ANEW[_is_swedish(prompt)]} {text}\n"


def _shown(prompt: Prompt, pattern: str, number: str | None = None) -> tuple[str, str]:
    which = number or "[0-9]+"
    found = re.search(rf"^===({which})===\n({pattern})", _data(prompt), re.MULTILINE)
    assert found, prompt.user
    return found[1], found[2].strip()


def _data(prompt: Prompt) -> str:
    inside = prompt.user.partition("\nBEGIN DATA paragraphs")[2].partition("\n")[2]
    return inside.partition("\nEND DATA paragraphs")[0]


def _is_swedish(prompt: Prompt) -> bool:
    return "Language: Swedish" in prompt.system


_MORE = {True: "Det hänger ihop med {terms}.", False: "It goes together with {terms}."}
_ANEW = {True: "Kort sagt gäller det här.", False: "In short, this is how it is."}
_MAKERS = {
    Purpose.OUTLINE: _outline,
    Purpose.FIX: _fix,
    Purpose.PARAGRAPH: _paragraph,
}
