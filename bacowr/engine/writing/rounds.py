"""The calls of one round: a plan, a draft and an edit of it, or everything in one."""

from dataclasses import dataclass, field, replace

from bacowr.engine.order import WritingStrategy
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Ending, Purpose, Writer, WriterFailed, Written
from bacowr.engine.text import words
from bacowr.engine.writing import telling
from bacowr.engine.writing.answers import answer, unfinished
from bacowr.engine.writing.assembling import Frame, redraft
from bacowr.engine.writing.model import Answer, Call, Removed, Round
from bacowr.engine.writing.prompting import prompt
from bacowr.engine.writing.quoting import contained, neutral
from bacowr.engine.writing.telling import Told

# Default: an edit that loses more of the draft than this is no edit; the draft is kept.
KEPT_SHARE = 0.6
OUTLINE_LINE_CHARACTERS = 400
OUTLINE_LINES = 80


def write(told: Told, frame: Frame, writer: Writer) -> Round:
    """Have an article written by the order's strategy; raise Aborted when no text came of it."""
    desk = _Desk(told, writer)
    if told.order.writing_strategy is WritingStrategy.SINGLE_SHOT:
        return desk.round(desk.text(Purpose.SINGLE), Purpose.SINGLE, "")
    outline = desk.ask(Purpose.OUTLINE).text
    first = desk.text(Purpose.CONTENT, plan=_quoted(outline))
    draft, removed = redraft(first.text, frame)
    edited = desk.text(Purpose.POLISH, draft=contained(draft, told.seal))
    if _is_edit(edited.text, first.text) and desk.calls[-1].ending is Ending.COMPLETE:
        desk.removed += removed
        return desk.round(edited, Purpose.POLISH, outline)
    return desk.round(replace(first, hints=edited.hints), Purpose.CONTENT, outline)


@dataclass
class _Desk:
    """One order at a writer's desk, with the calls made so far."""

    told: Told
    writer: Writer
    calls: list[Call] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)

    def ask(self, purpose: Purpose, **more: str) -> Answer:
        """Make one call and unwrap its answer."""
        told = self.told
        filled = {**telling.values(told), **more}
        asked = prompt(purpose, told.parts, telling.system(told), filled)
        try:
            written = self.writer.write(asked)
        except WriterFailed as failed:
            raise Aborted(AbortCode.WRITER_FAILED, failed.message) from failed
        self.calls.append(_call(purpose, asked.version, written))
        found = answer(written)
        self.removed += found.removed
        return found

    def text(self, purpose: Purpose, **more: str) -> Answer:
        """Make a call for a text; one that was cut ends with its last whole paragraph."""
        found = self.ask(purpose, **more)
        if self.calls[-1].ending is not Ending.CUT:
            return found
        text, removed = unfinished(found.text)
        self.removed += removed
        return replace(found, text=text)

    def round(self, found: Answer, kept: Purpose, outline: str) -> Round:
        """Close the round."""
        return Round(
            answer=found,
            kept=kept,
            outline=outline,
            calls=tuple(self.calls),
            removed=tuple(self.removed),
            passages=self.told.passages,
        )


def _quoted(outline: str) -> str:
    """Carry a plan into the next call as data: it was made under the eyes of copied text."""
    lines = (neutral(each, OUTLINE_LINE_CHARACTERS) for each in outline.splitlines())
    return "\n".join([f"| {each}" for each in lines if each][:OUTLINE_LINES])


def _is_edit(edited: str, first: str) -> bool:
    return words.count(edited) >= KEPT_SHARE * words.count(first)


def _call(purpose: Purpose, version: str, written: Written) -> Call:
    return Call(
        purpose=purpose,
        version=version,
        provider=written.provider,
        model=written.model,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        ending=written.ending,
        seconds=written.seconds,
    )
