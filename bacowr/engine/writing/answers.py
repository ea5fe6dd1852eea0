"""What a writer answered, without fences, greetings, notes and hints around it."""

import json
import re
import tomllib
from functools import cache
from importlib import resources

from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Ending, Written
from bacowr.engine.text import words
from bacowr.engine.writing.model import Answer, Removed, Why
from bacowr.engine.writing.quoting import visible

HINTS = ("links_extension", "intent_extension", "qc_extension")
HINT_CHARACTERS = 4_000
SHOWN_CHARACTERS = 160
# Defaults: a longer beginning or ending is text, not wrapping; a refusal is short.
WRAPPING_WORDS = 60
REFUSAL_WORDS = 150

_FENCED = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(.*?)^[ \t]*\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL
)
_OPEN_FENCE = re.compile(r"\A\s*(?:`{3,}|~{3,})[^\n`]*\n")
_HINTS = re.compile(r"^\W*HINTS\W*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$", re.MULTILINE)
_TITLE = re.compile(r"^#[ \t]+\S", re.MULTILINE)


def answer(written: Written) -> Answer:
    """Unwrap an answer; raise Aborted when it is empty or a refusal."""
    text = visible(written.text.replace("\r\n", "\n").replace("\r", "\n"))
    if written.ending is Ending.REFUSED or _is_refusal(text):
        message = f"{written.model} declined to write: {_short(text) or 'it gave no reason.'}"
        raise Aborted(AbortCode.WRITER_REFUSED, message)
    text, hints = _without_hints(_unfenced(text))
    text, removed = _unwrapped(text)
    if not words.count(text):
        raise Aborted(AbortCode.WRITER_EMPTY, f"{written.model} gave an empty answer.")
    return Answer(text, hints, removed)


def unfinished(text: str) -> tuple[str, tuple[Removed, ...]]:
    """Cut a text that stopped at the token limit back to its last finished paragraph.

    What ends a sentence ends a paragraph; a text of one paragraph is left as it is.
    """
    kept = text.rstrip()
    cut: list[str] = []
    while "\n" in kept and not re.search(r"[.!?\u2026][\"'\u201d\u2019\u00bb)*_]*$", kept):
        kept, _, last = kept.rpartition("\n")
        kept = kept.rstrip()
        cut.insert(0, last)
    lost = _short(" ".join(cut))
    return kept, (Removed(lost, Why.UNFINISHED),) if lost else ()


def _is_refusal(text: str) -> bool:
    start = text.strip()
    declines = any(each.match(start) for each in _patterns("refusals"))
    return declines and words.count(text) < REFUSAL_WORDS and not _TITLE.search(text)


def _unfenced(text: str) -> str:
    """Take the text out of a fence that holds most of it, closed or not."""
    for match in _FENCED.finditer(text):
        if words.count(match[2]) > words.count(text) / 2:
            after = text[match.end() :]
            return match[2] + (after if _hints_in(after) else "")
    return _OPEN_FENCE.sub("", text)


def _without_hints(text: str) -> tuple[str, dict[str, object]]:
    """Part an answer from the JSON that it ends with; hints that can't be read are dropped.

    Only the last mark counts, and only with more text before it than after; others are no text.
    """
    marks = list(_HINTS.finditer(text))
    if marks:
        head, tail = text[: marks[-1].start()], text[marks[-1].end() :]
        is_end = words.count(head) >= words.count(tail)
        hints = _hints_in(tail) if is_end else {}
        return _HINTS.sub("", head if is_end else text), hints
    start = text.rfind("\n{")
    if start >= 0 and (hints := _hints_in(text[start:])):
        return re.sub(r"`{3,}\w*\s*$", "", text[:start]), hints
    return text, {}


def _hints_in(text: str) -> dict[str, object]:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end - start > HINT_CHARACTERS:
        return {}
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return {}
    return {key: found[key] for key in HINTS if key in found}


def _unwrapped(text: str) -> tuple[str, tuple[Removed, ...]]:
    """Strip a greeting before the title, and rules, notes and offers after the end."""
    removed: list[Removed] = []
    head, body = _parted(text)
    if head.strip():
        removed.append(Removed(_short(head), Why.PREAMBLE))
    paragraphs = re.split(r"\n\s*\n", body.strip())
    while len(paragraphs) > 1 and _is_note(paragraphs[-1]):
        removed.append(Removed(_short(paragraphs.pop()), Why.NOTE))
    body, note = _before_rule("\n\n".join(paragraphs))
    if note:
        removed.append(Removed(_short(note), Why.NOTE))
    return body.strip(), tuple(each for each in removed if each.what)


def _parted(text: str) -> tuple[str, str]:
    title = _TITLE.search(text)
    if title:
        head = text[: title.start()]
        is_wrapping = words.count(head) <= WRAPPING_WORDS
        return (head, text[title.start() :]) if is_wrapping else ("", text)
    first, _, rest = text.strip().partition("\n\n")
    greets = any(each.match(first) for each in _patterns("preambles"))
    short = words.count(first) <= WRAPPING_WORDS
    return (first, rest) if rest and greets and short else ("", text)


def _is_note(paragraph: str) -> bool:
    start = paragraph.strip().lstrip("*_(>")
    if _RULE.fullmatch(paragraph.strip()) or not start:
        return True
    notes = any(each.match(start) for each in _patterns("notes"))
    return notes and words.count(paragraph) <= WRAPPING_WORDS


def _before_rule(body: str) -> tuple[str, str]:
    """Part a text from a short ending after a rule; headings and links belong to the text."""
    rules = list(_RULE.finditer(body))
    if not rules:
        return body, ""
    after = body[rules[-1].end() :].strip()
    is_text = words.count(after) > WRAPPING_WORDS or after.startswith("#") or "{{" in after
    return (body, "") if is_text or "](" in after else (body[: rules[-1].start()], after)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "\u2026"


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each, re.IGNORECASE) for each in _data()[name])


@cache
def labels() -> frozenset[str]:
    """List the words that are an advertising label when they stand alone on a line."""
    return frozenset(each.replace("-", " ") for each in str(_data()["labels"]).split())


@cache
def _data() -> dict[str, list[str]]:
    file = resources.files("bacowr.engine.data") / "answers.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
