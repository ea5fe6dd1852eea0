"""Batches of jobs, and the review of each job in one."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bacowr.accounts.owned import Owned
from bacowr.accounts.usage import CostSource
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, text_enum, type_json
from bacowr.jobs.models import Job
from bacowr.jobs.states import QcStatus

# Domain 1.3: three workers, at most ten starts a minute.
PARALLEL = 3
STARTS_PER_MINUTE = 10


class BatchStatus(StrEnum):
    """Where a batch is in its life (domain 5.1)."""

    DRAFT = "draft"
    PENDING = "pending"
    PROCESSING = "processing"
    READY_FOR_REVIEW = "ready_for_review"
    IN_REVIEW = "in_review"
    COMPLETED = "completed"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELED = "canceled"


class Decision(StrEnum):
    """What a reviewer decided about a job; none is final (domain 5.1)."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_REGENERATION = "needs_regeneration"
    REGENERATING = "regenerating"


class Batch(Owned, Model):
    """Many jobs that are ordered, run and reviewed together; its counts are counted, not kept."""

    __tablename__ = "batches"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.Index(None, "owner_id", "created_at", "id"),
        sa.Index(None, "owner_id", "status", "created_at"),
        {"comment": "Jobs that are ordered, run and reviewed together."},
    )

    name: Mapped[str] = mapped_column(sa.String(255), comment="What the owner calls it.")
    description: Mapped[str | None] = mapped_column(sa.Text, comment="What it is for.")
    status: Mapped[BatchStatus] = mapped_column(
        text_enum(BatchStatus, "status"), default=BatchStatus.DRAFT, comment="Where it is."
    )
    config: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="How its jobs are to be run, and its cost cap."
    )
    estimated_cost_usd: Mapped[float | None] = mapped_column(
        sa.Float, comment="What it was expected to cost; null when unknown."
    )
    actual_cost_usd: Mapped[float | None] = mapped_column(
        sa.Float, comment="What it cost; null when unknown."
    )
    cost_source: Mapped[CostSource | None] = mapped_column(
        text_enum(CostSource, "cost_source"), comment="Whether the actual cost was measured."
    )
    parallel: Mapped[int] = mapped_column(
        default=PARALLEL,
        server_default=str(PARALLEL),
        comment="How many of its jobs may be under way at a time.",
    )
    starts_per_minute: Mapped[int] = mapped_column(
        default=STARTS_PER_MINUTE,
        server_default=str(STARTS_PER_MINUTE),
        comment="How many of its jobs may begin within a minute.",
    )
    start_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="Not before this moment, in UTC; null for at once."
    )
    time_zone: Mapped[str | None] = mapped_column(
        sa.String(64), comment="The zone in which its start was chosen."
    )
    halt_reason: Mapped[str | None] = mapped_column(
        sa.String(64), comment="Why it paused by itself, as a code; null when a person did it."
    )
    started_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its first job began, in UTC."
    )
    completed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its last job ended, in UTC."
    )
    review_started_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its first job was decided, in UTC."
    )
    review_completed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its last job was decided, in UTC."
    )


class ReviewItem(Owned, Model):
    """One job inside one batch's review."""

    __tablename__ = "review_items"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "job_id"),
        sa.CheckConstraint("regeneration_count >= 0 AND version >= 1", "counts_positive"),
        sa.Index(None, "batch_id", "decision"),
        sa.Index(None, "job_id"),
        sa.Index(None, "owner_id"),
        sa.Index(None, "reviewer_id"),
        {"comment": "Jobs inside the reviews of batches, and what was decided."},
    )

    batch_id: Mapped[str] = mapped_column(
        sa.ForeignKey("batches.id", ondelete="CASCADE"), comment="The batch it belongs to."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it is about."
    )
    decision: Mapped[Decision] = mapped_column(
        text_enum(Decision, "decision"), default=Decision.PENDING, comment="What was decided."
    )
    notes: Mapped[str | None] = mapped_column(sa.Text, comment="The reviewer's reason.")
    reviewer_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), comment="Who decided."
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="When, in UTC.")
    qc_status: Mapped[QcStatus | None] = mapped_column(
        text_enum(QcStatus, "qc_status"), comment="What the checks said; null when unmeasured."
    )
    qc_score: Mapped[float | None] = mapped_column(
        sa.Float, comment="From 0 to 100; null when unmeasured."
    )
    issue_count: Mapped[int | None] = mapped_column(comment="Findings; null when unmeasured.")
    regeneration_count: Mapped[int] = mapped_column(
        default=0, comment="How often the job was sent back to be written anew."
    )
    original_job_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The job that this one replaces; an id, as jobs may go."
    )
    batch: Mapped[Batch] = relationship()
    job: Mapped[Job] = relationship()
