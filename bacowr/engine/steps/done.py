"""Done: how the order ends, and the documents it leaves."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.article.model import Article
from bacowr.engine.brief.model import Brief, DocumentKind, Skeleton
from bacowr.engine.brief.rendering import brief_markdown, skeleton_markdown
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.order import Order
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.ports import Ports, Source
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.step import Outputs, Stage


class ResultStatus(StrEnum):
    """How a finished order ended; the values are those of the job's status."""

    DELIVERED = "delivered"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Document:
    """One text that an order leaves: its kind, label, file name and Markdown."""

    kind: DocumentKind
    label: dict[str, str]
    banner: dict[str, str]
    file_name: str
    title: str
    language: str
    demo: bool
    markdown: str


@dataclass(frozen=True)
class Result:
    """The end of an order; a blocked one keeps its documents."""

    status: ResultStatus
    block_reason: BlockReason | None
    message: str | None
    documents: tuple[Document, ...]
    missing: tuple[str, ...]
    sources: tuple[Source, ...]
    demo: bool
    qc_status: QcStatus | None = None
    qc_score: float | None = None


def run(order: Order, outputs: Outputs, _ports: Ports) -> Json:
    """Close the order: blocked by the first shut gate of any step, else delivered."""
    brief = from_json(Brief, outputs[Stage.BRIEF]["brief"])
    skeleton = from_json(Skeleton, outputs[Stage.BRIEF]["skeleton"])
    report = last_report(outputs)
    block = first_block(outputs) or _block_of(report)
    return to_json(
        Result(
            status=ResultStatus.BLOCKED if block else ResultStatus.DELIVERED,
            block_reason=block.reason if block else None,
            message=block.message if block else None,
            documents=(
                _document(brief, order, brief.subject, brief_markdown(brief)),
                _document(skeleton, order, skeleton.title, skeleton_markdown(skeleton)),
            ),
            missing=brief.missing,
            sources=brief.sources,
            demo=brief.demo,
            qc_status=report.status if report else None,
            qc_score=report.score if report else None,
        )
    )


def drafts(outputs: Outputs) -> tuple[Article, ...]:
    """List the versions of the article: as it was written, and as it was repaired, if it was."""
    made = (outputs.get(stage, {}).get("article") for stage in (Stage.WRITE, Stage.AUTOFIX))
    return tuple(from_json(Article, each) for each in made if each)


def reports(outputs: Outputs) -> tuple[Report, ...]:
    """List what the checks said of each version; a repair that failed has the word over theirs."""
    first = outputs.get(Stage.AUTOFIX, {}).get("report") or outputs.get(Stage.QC, {}).get("report")
    made = (first, outputs.get(Stage.RECHECK, {}).get("report"))
    return tuple(from_json(Report, each) for each in made if each)


def last_report(outputs: Outputs) -> Report | None:
    """Give what the checks said of the last version; None when nothing was written."""
    return next(iter(reversed(reports(outputs))), None)


def verdict(status: QcStatus) -> Block | None:
    """Tell whether the checks keep an article from being delivered."""
    if status is QcStatus.BLOCKED:
        return Block(BlockReason.QC, "The checks found what must be mended first.")
    if status is QcStatus.NEEDS_SIGNOFF:
        return Block(BlockReason.NEEDS_SIGNOFF, "A person has to look at it and sign.")
    return None


def _block_of(report: Report | None) -> Block | None:
    return verdict(report.status) if report else None


def first_block(outputs: Outputs) -> Block | None:
    """Find the first gate that a step shut, in the order of the stages."""
    shut = (outputs[stage].get("blocked") for stage in Stage if stage in outputs)
    return next((from_json(Block, each) for each in shut if each), None)


def _document(made: Brief | Skeleton, order: Order, title: str, markdown: str) -> Document:
    name = made.label[made.text_language].lower()
    demo = "demo-" if made.demo else ""
    return Document(
        kind=made.kind,
        label=made.label,
        banner=made.banner,
        file_name=f"{demo}{name}-{order.publisher_domain}.md",
        title=title,
        language=made.language,
        demo=made.demo,
        markdown=markdown,
    )
