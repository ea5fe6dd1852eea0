"""Batches in figures, as lists and statistics tell them: counted from items and jobs, never kept.

Scores are from 0 to 1 here, as the API tells them (domain 3.10).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.batches import queries
from bacowr.batches.models import Batch, Decision, ReviewItem
from bacowr.batches.queries import Standing
from bacowr.batches.review import states
from bacowr.jobs import states as jobs
from bacowr.jobs.models import Job
from bacowr.jobs.scores import shown_score

UNKNOWN = "unknown"
TOLD = (
    "total_items",
    "items_approved",
    "items_rejected",
    "items_pending_review",
    "avg_qc_score",
    "actual_total_cost",
    "completion_rate",
)

_item, _job = ReviewItem.__table__.c, Job.__table__.c
SCORE = sa.func.coalesce(_job.qc_score, _item.qc_score)
"""What the checks last said; of a job of the older BACOWR, what its item says."""
QC_STATUS = sa.func.coalesce(_job.qc_status, _item.qc_status)


@dataclass
class Items:
    """The items of one batch, counted; sums are of what is known."""

    decisions: Counter[Decision] = field(default_factory=Counter)
    qc: Counter[str] = field(default_factory=Counter)
    again: int = 0
    ended: int = 0
    measured: int = 0
    score_sum: float = 0.0
    costed: int = 0
    cost_sum: float = 0.0


@dataclass(frozen=True)
class Figures:
    """One batch with its figures."""

    standing: Standing
    items: Items

    @property
    def batch(self) -> Batch:
        """The batch itself."""
        return self.standing.batch

    @property
    def total_items(self) -> int:
        """How many jobs it has, whether or not they are up for review yet."""
        return max(self.items.decisions.total(), self.standing.progress.total)

    @property
    def items_completed(self) -> int:
        """How many of its jobs have come to an end."""
        return self.items.ended if self.items.decisions else self.standing.progress.ended

    @property
    def items_approved(self) -> int:
        """How many were approved."""
        return self.items.decisions[Decision.APPROVED]

    @property
    def items_rejected(self) -> int:
        """How many were rejected."""
        return self.items.decisions[Decision.REJECTED]

    @property
    def items_decided(self) -> int:
        """How many are decided."""
        return self.items_approved + self.items_rejected

    @property
    def items_pending_review(self) -> int:
        """How many are not decided: those that are being written anew, or for the first time, too.

        What is approved, rejected and pending always adds up to all.
        """
        return self.total_items - self.items_decided

    @property
    def actual_total_cost(self) -> float | None:
        """What its jobs cost; None when the cost of one is unknown."""
        items = self.items
        if not items.decisions:
            return self.standing.spent.usd
        if items.costed < items.decisions.total():
            return self.batch.actual_cost_usd
        return round(items.cost_sum, 6)

    @property
    def avg_qc_score(self) -> float | None:
        """The mean of the scores that are known."""
        items = self.items
        return shown_score(items.score_sum / items.measured) if items.measured else None

    @property
    def completion_rate(self) -> float:
        """How many are decided, in percent."""
        return _percent(self.items_decided, self.total_items)

    @property
    def approval_rate(self) -> float:
        """How many of those decided were approved, in percent."""
        return _percent(self.items_approved, self.items_decided)

    @property
    def stats(self) -> dict[str, Any]:
        """The figures under the names by which older clients ask for them."""
        decisions, items = self.items.decisions, self.items
        being_written = sum(decisions[each] for each in states.BEING_WRITTEN)
        shown = {
            "pending": self.items_pending_review - being_written,
            "approved": self.items_approved,
            "rejected": self.items_rejected,
            "needs_regeneration": decisions[Decision.NEEDS_REGENERATION],
        }
        return {
            "batch_id": self.batch.id,
            **{name: getattr(self, name) for name in TOLD},
            "estimated_total_cost": self.batch.estimated_cost_usd,
            "qc_status_distribution": dict(items.qc),
            "review_status_distribution": {
                decision.value: number for decision, number in decisions.items()
            },
            **shown,
            "regenerating": decisions[Decision.REGENERATING],
            "regenerated": items.again,
            "review_progress": shown,
            "quality_metrics": {
                "average_qc_score": self.avg_qc_score,
                "approval_rate": self.approval_rate,
            },
        }


@dataclass(frozen=True)
class Detail(Figures):
    """One batch with its figures and the ids of its jobs."""

    job_ids: Sequence[str] = ()


def detail(batch: Batch) -> Detail:
    """Give a batch with its figures and its jobs, in five statements."""
    found = of([batch])[0]
    return Detail(found.standing, found.items, job_ids_of(batch))


def of(batches: Sequence[Batch]) -> list[Figures]:
    """Give the figures of batches, in four statements however many there are."""
    counted = _items([each.id for each in batches])
    return [Figures(each, counted[each.batch.id]) for each in queries.standings(batches)]


def job_ids_of(batch: Batch) -> list[str]:
    """List the jobs of a batch in the order of their rows, in one statement."""
    known = sa.select(_item.job_id).where(_item.batch_id == batch.id)
    select = sa.select(_job.id).where(sa.or_(_job.batch_id == batch.id, _job.id.in_(known)))
    return list(db.session.scalars(select.order_by(_job.batch_row, _job.created_at, _job.id)))


def _items(batch_ids: Collection[str]) -> Mapping[str, Items]:
    """Count the items of batches, in one statement."""
    ended = sa.func.sum(sa.case((_job.status.in_(jobs.ENDED), 1), else_=0))
    again = sa.func.sum(sa.case((_item.regeneration_count > 0, 1), else_=0))
    qc = QC_STATUS.label("qc")
    rows: Any = db.session.execute(
        sa.select(
            _item.batch_id,
            _item.decision,
            qc,
            sa.func.count().label("number"),
            ended.label("ended"),
            again.label("again"),
            sa.func.count(SCORE).label("measured"),
            sa.func.sum(SCORE).label("score_sum"),
            sa.func.count(_job.actual_cost_usd).label("costed"),
            sa.func.sum(_job.actual_cost_usd).label("cost_sum"),
        )
        .join(Job.__table__, _item.job_id == _job.id)
        .where(_item.batch_id.in_(batch_ids))
        .group_by(_item.batch_id, _item.decision, qc)
    )
    found = {batch_id: Items() for batch_id in batch_ids}
    for row in rows:
        _add(found[row.batch_id], row)
    return found


def _add(items: Items, row: Any) -> None:  # noqa: ANN401  # A row.
    items.decisions[Decision(row.decision)] += row.number
    items.qc[row.qc or UNKNOWN] += row.number
    items.ended += row.ended
    items.measured += row.measured
    items.score_sum += row.score_sum or 0
    items.costed += row.costed
    items.cost_sum += row.cost_sum or 0
    if row.decision not in states.DECIDED | states.BEING_WRITTEN:
        items.again += row.again


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
