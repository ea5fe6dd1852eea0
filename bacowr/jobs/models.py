"""Jobs, their steps, and what happened to them: tables."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json
from bacowr.engine.order import Order
from bacowr.jobs import states
from bacowr.jobs.ordered import Ordered
from bacowr.jobs.states import EventType, JobStatus, QcStatus, StepStatus

HASH_LENGTH = 64
NAME_LENGTH = 32
IDEMPOTENCY_KEY_LENGTH = 255

type_json_or_null = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


class Job(Ordered, Model):
    """One order for one article, and how far it has come."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "idempotency_key"),
        sa.CheckConstraint(
            "(status = 'processing') = (lease_owner IS NOT NULL)", "lease_iff_processing"
        ),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", "lease_whole"),
        sa.CheckConstraint(
            "(status IN ('pending', 'processing')) = (finished_at IS NULL)", "finished_iff_ended"
        ),
        sa.CheckConstraint("(status = 'blocked') = (block_reason IS NOT NULL)", "blocked_why"),
        sa.CheckConstraint("(status = 'aborted') = (error_code IS NOT NULL)", "aborted_why"),
        sa.CheckConstraint("(error_code IS NULL) = (error_message IS NULL)", "error_whole"),
        sa.CheckConstraint("attempt >= 0 AND times_lost >= 0 AND version >= 1", "counts_positive"),
        sa.Index(None, "owner_id", "created_at", "id"),
        sa.Index(None, "owner_id", "status", "created_at", "id"),
        # A team's list: newest first, whoever of the team ordered.
        sa.Index(None, "created_at", "id", "owner_id", "status"),
        # By it figures of a day are known to be right still: versions and moments of change.
        sa.Index(None, "owner_id", "created_at", "updated_at", "version"),
        sa.Index(None, "status", "lease_until"),
        sa.Index(None, "batch_id"),
        {"comment": "Orders for articles, and how far they have come."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Who ordered it."
    )
    is_demo: Mapped[bool] = mapped_column(
        default=False, comment="Runs on stored sample pages; its documents are watermarked."
    )
    status: Mapped[JobStatus] = mapped_column(
        text_enum(JobStatus, "status"), default=JobStatus.PENDING, comment="Where it is."
    )
    stage: Mapped[str] = mapped_column(
        sa.String(NAME_LENGTH),
        default=states.Stage.RECEIVE,
        comment="The step that runs or comes next; done at the end.",
    )
    block_reason: Mapped[str | None] = mapped_column(
        sa.String(64), comment="Why it is blocked, as a code: TARGET_HTTP."
    )
    error_code: Mapped[str | None] = mapped_column(
        sa.String(64), comment="Why it was aborted, as a code."
    )
    error_message: Mapped[str | None] = mapped_column(
        sa.Text, comment="Why it was aborted, in words."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was ordered, in UTC."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )
    started_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When a worker first took it, in UTC."
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it ended, in UTC; null while it has not."
    )
    lease_owner: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The worker that runs it."
    )
    lease_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="From this moment on another worker may take it."
    )
    attempt: Mapped[int] = mapped_column(
        default=0, comment="How often it was taken; tells a worker from its own past."
    )
    times_lost: Mapped[int] = mapped_column(
        default=0, comment="How often its worker fell silent since a step last finished."
    )
    idempotency_key: Mapped[str | None] = mapped_column(
        sa.String(IDEMPOTENCY_KEY_LENGTH), comment="The caller's name for this order, if any."
    )
    version: Mapped[int] = mapped_column(
        default=1, comment="Counts the changes that its owner can see."
    )
    qc_status: Mapped[QcStatus | None] = mapped_column(
        text_enum(QcStatus, "qc_status"), comment="What the checks said; null when unmeasured."
    )
    qc_score: Mapped[float | None] = mapped_column(
        sa.Float, comment="From 0 to 100, for sorting; null when unmeasured."
    )
    round_number: Mapped[int] = mapped_column(
        default=1, server_default="1", comment="Counts the times it was written, from 1."
    )
    batch_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The batch it was ordered in; an id, as batches may go."
    )
    batch_row: Mapped[int | None] = mapped_column(
        comment="The row of the file it was ordered by; null outside batches."
    )
    is_held: Mapped[bool] = mapped_column(
        default=False,
        server_default=sa.false(),
        comment="Whether it waits for its batch to let it go before it waits for a worker.",
    )
    released_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its batch last let it go, in UTC."
    )
    automatic_retries: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        comment="How often its batch sent it on its way again by itself.",
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
    deleted_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was taken out of sight, in UTC; its costs still count."
    )
    owner: Mapped[User] = relationship()  # Downward only: ask queries.owned_by for the other way.

    @property
    def order(self) -> Order:
        """What was ordered, as the engine takes it."""
        return Order(**{field.name: getattr(self, field.name) for field in fields(Order)})

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status in states.ENDED

    @property
    def is_cancelable(self) -> bool:
        """Whether it can be withdrawn."""
        return self.status in states.CANCEL.sources

    @property
    def is_retryable(self) -> bool:
        """Whether it can be sent on its way again."""
        return self.status in states.RETRY.sources


class JobStep(Model):
    """One step of one job, and what came of it."""

    __tablename__ = "job_steps"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "name"),
        sa.CheckConstraint("(status = 'done') = (output IS NOT NULL)", "done_has_output"),
        sa.CheckConstraint("(status = 'failed') = (error IS NOT NULL)", "failed_has_error"),
        sa.CheckConstraint(
            "(status IN ('done', 'failed')) = (finished_at IS NOT NULL)", "finished_iff_ended"
        ),
        sa.CheckConstraint("attempt >= 0", "attempt_positive"),
        {"comment": "The steps of jobs; a finished one is never run again."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it belongs to."
    )
    position: Mapped[int] = mapped_column(comment="Its place in the order of steps, from 0.")
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), comment="The step's name.")
    status: Mapped[StepStatus] = mapped_column(
        text_enum(StepStatus, "status"), default=StepStatus.QUEUED, comment="Where it is."
    )
    attempt: Mapped[int] = mapped_column(default=0, comment="How often it was begun.")
    started_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was last begun, in UTC."
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it ended, in UTC."
    )
    input_hash: Mapped[str | None] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the order and the outputs it started from."
    )
    output: Mapped[dict[str, Any] | None] = mapped_column(
        type_json_or_null, comment="What it found out."
    )
    error: Mapped[str | None] = mapped_column(sa.Text, comment="Why it failed, in words.")


class JobEvent(Model):
    """One thing that happened to a job; only ever added."""

    __tablename__ = "job_events"
    __table_args__ = (
        sa.Index(None, "job_id", "at"),
        {"comment": "What happened to jobs; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it happened to."
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, comment="When, in UTC.")
    actor: Mapped[str] = mapped_column(
        sa.String(320), comment="The person's e-mail at that time, or the worker."
    )
    type: Mapped[EventType] = mapped_column(text_enum(EventType, "type"), comment="What happened.")
    from_status: Mapped[JobStatus | None] = mapped_column(
        text_enum(JobStatus, "from_status"), comment="The job's status before; null at the start."
    )
    to_status: Mapped[JobStatus] = mapped_column(
        text_enum(JobStatus, "to_status"), comment="The job's status after."
    )
    data: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What else matters; never a text or a secret."
    )
