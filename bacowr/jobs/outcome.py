"""What came of a job, as the pipeline's last step tells it."""

from dataclasses import dataclass

from bacowr.engine.article.model import Article
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.shapes import Json, from_json
from bacowr.engine.steps import done
from bacowr.engine.steps.step import Outputs, Stage

REPAIRED = "Repaired once, as the checks allow."


@dataclass(frozen=True)
class Brief:
    """A brief or a skeleton: the document, and its parts."""

    document: done.Document
    parts: Json


@dataclass(frozen=True)
class Draft:
    """One version of the article, and what the checks said of it."""

    article: Article
    report: Report
    note: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Delivered, or blocked when there is a reason for that; and the documents in either case."""

    briefs: tuple[Brief, ...]
    drafts: tuple[Draft, ...] = ()
    block_reason: str | None = None
    block_message: str | None = None
    is_demo: bool = False
    qc_status: QcStatus | None = None
    qc_score: float | None = None


def outcome_of(outputs: Outputs) -> Outcome:
    """Read how the order ended, and the documents it leaves."""
    result = from_json(done.Result, outputs[Stage.DONE])
    drafts = zip(done.drafts(outputs), done.reports(outputs), strict=True)
    return Outcome(
        briefs=tuple(Brief(each, outputs[Stage.BRIEF][each.kind]) for each in result.documents),
        drafts=tuple(
            Draft(article, report, REPAIRED if number else None)
            for number, (article, report) in enumerate(drafts)
        ),
        block_reason=result.block_reason,
        block_message=result.message,
        is_demo=result.demo,
        qc_status=result.qc_status,
        qc_score=result.qc_score,
    )
