"""What people may use up in a month, and what they have used: tables."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.owned import Owned
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum

# Domain 5.1: 1,000 jobs and 1,000,000 tokens a month.
JOBS_PER_MONTH = 1_000
TOKENS_PER_MONTH = 1_000_000


class CostSource(StrEnum):
    """Where a figure of costs is from; the kinds are never added up together (domain 3.14)."""

    MEASURED = "measured"
    ESTIMATE = "estimate"


class Quota(Owned, Model):
    """What one person may use up in a month; without one the defaults hold."""

    __tablename__ = "quotas"
    __table_args__ = (
        sa.UniqueConstraint("owner_id"),
        sa.CheckConstraint("jobs_per_month >= 0 AND tokens_per_month >= 0", "limits_positive"),
        {"comment": "What people may use up in a month, where it isn't the default."},
    )

    jobs_per_month: Mapped[int] = mapped_column(
        default=JOBS_PER_MONTH, comment="How many jobs may be ordered in a month."
    )
    tokens_per_month: Mapped[int] = mapped_column(
        sa.BigInteger, default=TOKENS_PER_MONTH, comment="How many tokens may be spent in a month."
    )


class UsageCounter(Model):
    """What one person has used up in one month; counted by the database, one by one."""

    __tablename__ = "usage_counters"
    __table_args__ = (
        sa.CheckConstraint("jobs >= 0 AND tokens >= 0", "positive"),
        {"comment": "What people have used of their quotas, month by month."},
    )

    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Whose quota it counts against.",
    )
    period: Mapped[str] = mapped_column(
        sa.String(7), primary_key=True, comment="The month in UTC, such as 2026-11."
    )
    jobs: Mapped[int] = mapped_column(default=0, comment="How many jobs were ordered.")
    tokens: Mapped[int] = mapped_column(
        sa.BigInteger, default=0, comment="How many tokens were spent."
    )


class UsageEntry(Model):
    """What one run of one job used up; holds the job's id only, so it outlives the job."""

    __tablename__ = "usage_entries"
    __table_args__ = (
        sa.Index(None, "owner_id", "at"),
        sa.Index(None, "job_id"),
        {"comment": "What jobs used up; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Whose quota it counts against."
    )
    job_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), comment="The job that used it.")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, comment="When, in UTC.")
    provider: Mapped[str | None] = mapped_column(sa.String(64), comment="Who was paid, if known.")
    model: Mapped[str | None] = mapped_column(sa.String(120), comment="Which model, if known.")
    strategy: Mapped[str | None] = mapped_column(
        sa.String(32), comment="In how many calls it was written, if known."
    )
    input_tokens: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Tokens sent; null when unknown."
    )
    output_tokens: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Tokens received; null when unknown."
    )
    cost_usd: Mapped[float | None] = mapped_column(
        sa.Float, comment="What it cost; null when unknown."
    )
    cost_source: Mapped[CostSource] = mapped_column(
        text_enum(CostSource, "cost_source"), comment="Whether the cost was measured."
    )
    seconds: Mapped[float | None] = mapped_column(
        sa.Float, comment="How long it took; null when unknown."
    )
    is_delivered: Mapped[bool | None] = mapped_column(
        comment="Whether a text came of it; null when unknown."
    )
