"""Write: have the article written, and put links and citations in by code."""

from bacowr.engine.article.model import Article
from bacowr.engine.brief.model import Brief
from bacowr.engine.order import Order
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.ports import Ports
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.done import first_block
from bacowr.engine.steps.step import Outputs, Stage, earlier
from bacowr.engine.writing import compliance, rounds
from bacowr.engine.writing.assembling import Frame, assembled
from bacowr.engine.writing.model import Assembled, Round
from bacowr.engine.writing.passages import of_target, passages
from bacowr.engine.writing.telling import Told

NO_WRITER = "no_writer"
GATE_SHUT = "gate_shut"
NO_SOURCES = "No page but the target itself could be read, so that nothing may be stated."


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Have an article written; `article` is None, with the reason, when none may be or can be.

    `calls` tell what was asked and what it took, `removed` what was taken out of the answers,
    `link` how the link found its place ("missing" when there was none for it), `sources` which
    passage number stands for which page. Shut the gate when no page but the target could be read,
    because nothing could be stated (domain 3.1). Raise Aborted when the writer gave nothing usable.
    """
    earlier(outputs, Stage.BRIEF, dict)
    block = first_block(outputs)
    if block is not None:
        return _nothing(GATE_SHUT, block.message)
    if ports.writer is None:
        return _nothing(NO_WRITER, ports.no_writer)
    told = _told(order, outputs, ports)
    if not told.passages:
        block = Block(BlockReason.NO_SOURCES, NO_SOURCES)
        return {**_nothing(GATE_SHUT, block.message), "blocked": to_json(block)}
    frame = _frame(told)
    written = rounds.write(told, frame, ports.writer)
    text = assembled(written.answer.text, frame)
    article = Article(
        markdown=text.markdown,
        language=told.language,
        country=order.country,
        anchor_text=order.anchor_text,
        target_url=order.target_url,
        terms=order.terms,
        model=written.calls[-1].model,
    )
    return {"article": to_json(article), "reason": None, "message": None, **_record(written, text)}


def _told(order: Order, outputs: Outputs, ports: Ports) -> Told:
    brief = from_json(Brief, outputs[Stage.BRIEF]["brief"])
    fetched = earlier(outputs, Stage.FETCH, Fetched)
    profiles = earlier(outputs, Stage.PROFILE, Profiles)
    return Told(
        order=order,
        fetched=fetched,
        profiles=profiles,
        serp=earlier(outputs, Stage.SERP, Serp),
        intents=earlier(outputs, Stage.INTENT, Intents),
        brief=brief,
        passages=passages(order, fetched, brief),
        target=of_target(order, fetched, brief),
        compliance=compliance.notes(order, profiles, ports.clock().date()),
        asked_for=ports.wish,
    )


def _frame(told: Told) -> Frame:
    """Set the bounds of the answer: addresses that code may place, and the brief's wishes."""
    cited = {each.key: each.url for each in told.passages}
    return Frame(
        order=told.order,
        addresses={**cited, **told.compliance.addresses},
        wishes=told.brief.placements,
        title=told.brief.titles[0].text if told.brief.titles else told.brief.subject,
        kept_hosts=told.compliance.hosts,
        bold=told.compliance.bold,
    )


def _record(written: Round, text: Assembled) -> Json:
    removed = (*written.removed, *text.removed)
    return {
        "outline": written.outline,
        "calls": [to_json(each) for each in written.calls],
        "hints": written.answer.hints,
        "kept": written.kept.value,
        "link": text.placed_by.value,
        "sources": [
            {"key": each.key, "url": each.url, "title": each.title} for each in written.passages
        ],
        "removed": [to_json(each) for each in removed],
    }


def _nothing(reason: str, message: str | None) -> Json:
    empty = {"outline": "", "calls": [], "hints": {}, "removed": [], "sources": []}
    return {"article": None, "reason": reason, "message": message, **empty}
