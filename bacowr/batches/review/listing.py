"""The items of a review as programs list them: narrowed, in parts, with texts where asked for."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import paging
from bacowr.base.db import db
from bacowr.batches.figures import QC_STATUS, SCORE
from bacowr.batches.models import Batch, Decision, ReviewItem
from bacowr.batches.review.queries import WORST
from bacowr.engine.text import words
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job
from bacowr.jobs.scores import HIGHEST_SCORE, shown_score
from bacowr.jobs.texts import Document

_item, _job, _user = ReviewItem.__table__.c, Job.__table__.c, User.__table__.c
_score: sa.ColumnElement[float] = SCORE
_link = re.compile(r"\]\([^)\n]*\)")
_heading = re.compile(r"^#.*$", re.MULTILINE)

LISTED = (
    sa.select(
        _item.id,
        _item.batch_id,
        _item.job_id,
        _item.version,
        _item.decision,
        _item.notes,
        _item.reviewer_id,
        _user.email.label("reviewer"),
        _item.reviewed_at,
        _item.issue_count,
        _item.regeneration_count,
        _item.original_job_id,
        _item.created_at,
        _item.updated_at,
        QC_STATUS.label("qc_status"),
        SCORE.label("qc_score"),
        _job.publisher_domain,
        _job.target_url,
        _job.anchor_text,
        _job.status,
        _job.block_reason,
        _job.is_demo,
        _job.batch_row,
        _job.actual_cost_usd,
    )
    .join_from(ReviewItem.__table__, Job.__table__, _item.job_id == _job.id)
    .outerjoin(User.__table__, _item.reviewer_id == _user.id)
)


@dataclass(frozen=True)
class Wanted:
    """Which items, which part of them, and whether with their texts; scores are from 0 to 1."""

    decisions: Collection[Decision] = ()
    least_score: float | None = None
    highest_score: float | None = None
    limit: int = 100
    offset: int = 0
    with_texts: bool = False


@dataclass(frozen=True)
class Listed:
    """One item as it is told; `text` is None where none was asked for or there is none."""

    row: Any
    text: str | None = None

    def __getattr__(self, name: str) -> object:
        """Give what the row has under that name."""
        return getattr(self.row, name)

    @property
    def qc_score(self) -> float | None:
        """The score from 0 to 1; None when it wasn't measured."""
        return shown_score(self.row.qc_score)

    @property
    def qc_snapshot(self) -> Mapping[str, object]:
        """What was found out about the text, under the name by which older clients ask for it."""
        return {
            "article_text": self.text,
            "qc_score": self.qc_score,
            "qc_status": self.row.qc_status,
            "word_count": None if self.text is None else word_count(self.text),
            "issues_found": self.row.issue_count,
        }

    @property
    def job(self) -> Mapping[str, object]:
        """The job in short."""
        names = ("publisher_domain", "target_url", "anchor_text", "status", "block_reason")
        shown = {name: getattr(self.row, name) for name in (*names, "is_demo", "batch_row")}
        return {"id": self.row.job_id, **shown, "actual_cost": self.row.actual_cost_usd}


def of(batch: Batch, wanted: Wanted) -> tuple[Sequence[Listed], int]:
    """List a batch's items, the worst first, and say how many there are in all.

    Two statements, and one more for the texts, however many there are.
    """
    select = LISTED.where(_item.batch_id == batch.id, *_conditions(wanted))
    total = paging.count(select)
    ordered = select.order_by(WORST, SCORE, _job.batch_row, _item.id)
    rows = db.session.execute(ordered.limit(wanted.limit).offset(wanted.offset)).all()
    texts = _texts([row.job_id for row in rows]) if wanted.with_texts and rows else {}
    return [Listed(row, texts.get(row.job_id)) for row in rows], total


def one(item: ReviewItem) -> Listed:
    """Give one item as the list has it, with its text."""
    row = db.session.execute(LISTED.where(_item.id == item.id)).one()
    return Listed(row, _texts([item.job_id]).get(item.job_id))


def word_count(text: str) -> int:
    """Count the words of an article's running text, its headings left out."""
    return words.count(_heading.sub("", _link.sub("]", text)))


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.decisions:
        conditions.append(_item.decision.in_(sorted(wanted.decisions)))
    if wanted.least_score is not None:
        conditions.append(_score >= _of_hundred(wanted.least_score))
    if wanted.highest_score is not None:
        conditions.append(_score <= _of_hundred(wanted.highest_score))
    return conditions


def _of_hundred(score: float) -> float:
    return round(score * HIGHEST_SCORE, 6)


def _texts(job_ids: Collection[str]) -> dict[str, str]:
    """Read the versions that count of some jobs' articles, in one statement."""
    newest_first = (Document.version.desc(), Document.created_at.desc())
    place = sa.func.row_number().over(partition_by=Document.job_id, order_by=newest_first)
    ranked = (
        sa.select(Document.id, place.label("place"))
        .where(Document.job_id.in_(job_ids), Document.kind.in_(versions.KINDS))
        .subquery()
    )
    rows: Any = db.session.execute(
        sa.select(Document.job_id, Document.text)
        .join(ranked, ranked.c.id == Document.id)
        .where(ranked.c.place == 1)
    )
    return dict(rows.all())
