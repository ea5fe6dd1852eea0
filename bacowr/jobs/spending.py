"""What was asked of paid services for jobs, and how much may be spent: tables."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.usage import CostSource
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum
from bacowr.engine.ports import Purpose
from bacowr.jobs.models import HASH_LENGTH


class CallStatus(StrEnum):
    """Where one call is; `lost` is one whose process died before the answer was kept."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


class ModelCall(Model):
    """One call of a language model for one job; a finished one is never made again."""

    __tablename__ = "model_calls"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "round_number", "purpose", "attempt"),
        sa.CheckConstraint("(status = 'done') = (answer IS NOT NULL)", "done_has_answer"),
        sa.CheckConstraint("(status = 'running') = (finished_at IS NULL)", "finished_iff_ended"),
        sa.CheckConstraint("attempt >= 1 AND round_number >= 1", "counts_positive"),
        sa.Index(None, "owner_id", "started_at"),
        sa.Index(None, "started_at"),
        {"comment": "Calls of language models for jobs, with what they cost."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it was made for."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Whose order it was."
    )
    round_number: Mapped[int] = mapped_column(comment="The round of writing, from 1.")
    purpose: Mapped[Purpose] = mapped_column(
        text_enum(Purpose, "purpose"), comment="What the call was for."
    )
    attempt: Mapped[int] = mapped_column(comment="Counts the calls for this purpose, from 1.")
    status: Mapped[CallStatus] = mapped_column(
        text_enum(CallStatus, "status"), default=CallStatus.RUNNING, comment="Where it is."
    )
    provider: Mapped[str] = mapped_column(sa.String(64), comment="Who was asked.")
    model: Mapped[str] = mapped_column(sa.String(120), comment="Which model was asked for.")
    prompt_version: Mapped[str] = mapped_column(
        sa.String(64), comment="The text of the prompt file that was used."
    )
    prompt_sha256: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="Of what was sent, in hex."
    )
    answer: Mapped[str | None] = mapped_column(sa.Text, comment="What came back.")
    answered_by: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The model that answered, as the provider names it."
    )
    ending: Mapped[str | None] = mapped_column(sa.String(32), comment="Why the model stopped.")
    input_tokens: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Tokens sent, as reported; null when unknown."
    )
    output_tokens: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Tokens received, as reported; null when unknown."
    )
    cost_usd: Mapped[float | None] = mapped_column(
        sa.Float, comment="By the price table; null when unknown."
    )
    cost_source: Mapped[CostSource | None] = mapped_column(
        text_enum(CostSource, "cost_source"), comment="Whether the tokens were reported."
    )
    error: Mapped[str | None] = mapped_column(sa.Text, comment="Why it failed, in words.")
    started_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was sent, in UTC."
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it ended, in UTC; null while it has not."
    )
    seconds: Mapped[float | None] = mapped_column(sa.Float, comment="How long it took.")


class CapScope(StrEnum):
    """What a cap on spending is for."""

    ORDER = "order"
    BATCH = "batch"
    DAY = "day"
    MONTH = "month"


class SpendingCap(Model):
    """How much the team may spend; without a row the setting of the environment holds."""

    __tablename__ = "spending_caps"
    __table_args__ = (
        sa.CheckConstraint("limit_usd >= 0", "limit_positive"),
        {"comment": "How much the team may spend, where it isn't the installation's default."},
    )

    scope: Mapped[CapScope] = mapped_column(
        text_enum(CapScope, "scope"), primary_key=True, comment="What it is for."
    )
    limit_usd: Mapped[float] = mapped_column(sa.Float, comment="In US dollars.")
    updated_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who set it, by e-mail at that time."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )


class TeamCap(Model):
    """How much one team may spend; the caps that hold for everybody count beside it."""

    __tablename__ = "team_caps"
    __table_args__ = (
        sa.CheckConstraint("limit_usd >= 0", "limit_positive"),
        {"comment": "How much single teams may spend."},
    )

    team_id: Mapped[str] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Who is held to it.",
    )
    scope: Mapped[CapScope] = mapped_column(
        text_enum(CapScope, "scope"), primary_key=True, comment="What it is for: day or month."
    )
    limit_usd: Mapped[float] = mapped_column(sa.Float, comment="In US dollars.")
    updated_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who set it, by e-mail at that time."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )


class ModelPrice(Model):
    """What the operator says a model costs that the price table doesn't know."""

    __tablename__ = "model_prices"
    __table_args__ = (
        sa.CheckConstraint("input_usd >= 0 AND output_usd >= 0", "prices_positive"),
        {"comment": "Prices of models that an admin has entered."},
    )

    provider: Mapped[str] = mapped_column(sa.String(32), primary_key=True, comment="Whose model.")
    model: Mapped[str] = mapped_column(
        sa.String(120), primary_key=True, comment="The model, as it is asked for."
    )
    input_usd: Mapped[float] = mapped_column(
        sa.Float, comment="US dollars for a million tokens sent."
    )
    output_usd: Mapped[float] = mapped_column(
        sa.Float, comment="US dollars for a million tokens received."
    )
    updated_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who set it, by e-mail at that time."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )


class BatchCap(Model):
    """How much one batch may spend; the cap that holds for every batch counts beside it."""

    __tablename__ = "batch_caps"
    __table_args__ = (
        sa.CheckConstraint("limit_usd >= 0", "limit_positive"),
        {"comment": "How much single batches may spend."},
    )

    batch_id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, comment="The batch; an id, as batches may go."
    )
    limit_usd: Mapped[float] = mapped_column(sa.Float, comment="In US dollars.")
