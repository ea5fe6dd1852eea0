"""Paragraphs in new words: one call of a writer, held against everything before it counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bacowr.engine.checks.model import ORDER, Place, QcStatus, Report
from bacowr.engine.checks.report import inspect
from bacowr.engine.checks.subject import Subject
from bacowr.engine.outcome import Aborted
from bacowr.engine.policies.model import Packs
from bacowr.engine.ports import Ending, Prompt, Purpose, Writer, WriterFailed
from bacowr.engine.repairs.guarding import is_permitted
from bacowr.engine.repairs.instructions import instructions
from bacowr.engine.repairs.model import Change, Operation, carried_out
from bacowr.engine.repairs.pieces import Piece, pieces, put_back
from bacowr.engine.text import words
from bacowr.engine.text.words import lowered
from bacowr.engine.writing import quoting
from bacowr.engine.writing.prompting import prompt, prompt_file
from bacowr.engine.writing.telling import language_name

MOST_CHANGED = 3
NOTE_CHARACTERS = 500
# A small edit (domain 3.11) adds no more than a short sentence, and takes no more than this share.
SENTENCE_WORDS = 14
LOST_SHARE = 0.4
# What an edit may bring that neither the article nor the wish holds (Default): no new claim fits.
MOST_FRESH_WORDS = 3
RULES = "mend"
REASON = "In the writer's words, as the checks asked."

_MARK = re.compile(r"^[ \t]*={3,}[ \t]*P?(\d{1,3})[ \t]*={3,}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Reworded:
    """What came of it: the changes that count, or why there are none."""

    changes: tuple[Change, ...] = ()
    refused: str | None = None


def reworded(subject: Subject, wanted: Sequence[str], writer: Writer) -> Reworded:
    """Have the repairs that need new words carried out, by one call at most.

    All of the answer counts or none of it: nothing is taken that touches a link, a heading or a
    number, that makes any check say worse, or that doesn't do what was asked for.
    """
    shown = pieces(subject)
    if not shown:
        return Reworded(refused="No paragraph can be written anew.")
    text = "\n".join(f"- {each}" for each in wanted)
    asked = _prompt(Purpose.FIX, subject, shown, {"wanted": text, "most": str(MOST_CHANGED)})
    answers = _asked(writer, asked)
    if isinstance(answers, str):
        return Reworded(refused=answers)
    if not 0 < len(answers) <= MOST_CHANGED:
        return Reworded(refused="The answer doesn't hold one to three paragraphs.")
    changes = _changes(subject, shown, answers, wanted)
    if isinstance(changes, str):
        return Reworded(refused=changes)
    fault = _fault(subject, changes, len(wanted))
    return Reworded(refused=fault) if fault else Reworded(changes)


def paragraph_prompt(subject: Subject, piece: Piece, note: str) -> Prompt:
    """Ask for one paragraph anew, as a person wishes it; its neighbors are shown beside it."""
    shown = pieces(subject)
    at = shown.index(piece)
    near = shown[max(0, at - 1) : at + 2]
    wish = quoting.neutral(note, NOTE_CHARACTERS)
    wanted = f"The editor wishes: {wish}" if wish else "The editor wishes for another wording."
    values = {"wanted": wanted, "number": str(piece.number)}
    return _prompt(Purpose.PARAGRAPH, subject, near, values)


def paragraph_of(piece: Piece, answer: str, ending: Ending) -> str | None:
    """Read one paragraph's answer; None when it isn't one, or doesn't keep its links."""
    answers = _parted(answer, ending)
    if isinstance(answers, str) or set(answers) != {piece.number}:
        return None
    return put_back(piece, answers[piece.number])


def _prompt(
    purpose: Purpose, subject: Subject, shown: Sequence[Piece], values: dict[str, str]
) -> Prompt:
    seal = quoting.seal([subject.article.markdown, subject.order.target_url])
    text = "\n\n".join(f"==={each.number}===\n{each.shown}" for each in shown)
    common = {"seal": seal, "anchor": quoting.neutral(subject.article.anchor_text)}
    rules = prompt_file(RULES).filled(
        {**common, "language_name": language_name(subject.article.language)}
    )
    filled = {**common, **values, "paragraphs": quoting.contained(text, seal)}
    return prompt(purpose, (RULES,), rules, filled)


def _asked(writer: Writer, asked: Prompt) -> dict[int, str] | str:
    """Make the call; a text is why nothing came of it: the article stands without it."""
    try:
        written = writer.write(asked)
    except (WriterFailed, Aborted) as failed:
        return failed.message
    return _parted(written.text, written.ending)


def _parted(answer: str, ending: Ending) -> dict[int, str] | str:
    if ending is not Ending.COMPLETE:
        return "The writer did not finish its answer."
    parts = _MARK.split(quoting.visible(answer.replace("\r\n", "\n")))
    numbers, texts = [int(each) for each in parts[1::2]], parts[2::2]
    if len(set(numbers)) < len(numbers):
        return "The answer holds a paragraph twice."
    return dict(zip(numbers, (each.strip() for each in texts), strict=True))


def _changes(
    subject: Subject, shown: Sequence[Piece], answers: dict[int, str], wanted: Sequence[str]
) -> tuple[Change, ...] | str:
    """Make the answer changes, the last paragraph first, so that each place holds."""
    known = {each.number: each for each in shown}
    markdown, changes = subject.article.markdown, []
    for number in sorted(answers, reverse=True):
        piece = known.get(number)
        after = put_back(piece, answers[number]) if piece else None
        if piece is None or after is None:
            return f"Paragraph {number} of the answer doesn't keep to the text and its links."
        before = markdown[piece.start : piece.end]
        if not _is_small(before, after) or _fresh(subject, wanted, after) > MOST_FRESH_WORDS:
            return f"Paragraph {number} of the answer is no small edit."
        place = Place(piece.start, piece.end)
        if after != before:
            changes.append(Change(Operation.REWORD, REASON, before, after, place))
    return tuple(changes) or "The answer changes nothing."


def _is_small(before: str, after: str) -> bool:
    had, has = words.count(before), words.count(after)
    return (1 - LOST_SHARE) * had <= has <= had + SENTENCE_WORDS


def _fresh(subject: Subject, wanted: Sequence[str], after: str) -> int:
    """Count the words that an edit brings, each once."""
    known = {*lowered(subject.article.markdown), *lowered(" ".join(wanted))}
    return len(set(lowered(after)) - known)


def _fault(
    subject: Subject, changes: Sequence[Change], asked: int, packs: Packs | None = None
) -> str | None:
    """Say why changes don't count; None when they do."""
    markdown = subject.article.markdown
    for each in changes:
        markdown = carried_out(markdown, each)
    after = replace(subject, article=replace(subject.article, markdown=markdown))
    if not is_permitted(subject, after, Operation.REWORD, packs):
        return "The answer brings a number, a link or a heading that wasn't there."
    then, now = inspect(subject), inspect(after)
    if worse := _worse(then, now):
        return f"The check “{worse}” would say worse of the answer."
    if len(instructions(now, ())) >= asked:
        return "The answer doesn't do what was asked for."
    return None


def _worse(then: Report, now: Report) -> str | None:
    """Name the first check that says worse of a text than of the one before."""
    before = {each.name: each for each in then.checks}
    known = {each.key for each in then.findings}
    for check in now.checks:
        was = before[check.name]
        fresh = (each for each in check.findings if each.key not in known)
        is_graver = ORDER.index(check.status) > ORDER.index(was.status)
        if is_graver or any(each.status in _GRAVE for each in fresh):
            return check.name
        if was.score is not None and check.score is not None and check.score < was.score:
            return check.name
    return None


_GRAVE = (QcStatus.NEEDS_SIGNOFF, QcStatus.BLOCKED)
