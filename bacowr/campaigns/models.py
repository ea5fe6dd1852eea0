"""Planned work: campaigns, templates of orders, and schedules."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.owned import Owned
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, text_enum, type_json
from bacowr.engine.order import LlmProvider, WritingStrategy


class CampaignStatus(StrEnum):
    """Where a campaign is in its life."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class ScheduleType(StrEnum):
    """How often a schedule orders."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class ScheduleStatus(StrEnum):
    """Whether a schedule orders; `error` after five failures in a row."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    EXPIRED = "expired"
    ERROR = "error"


class Campaign(Owned, Model):
    """Work for one client or topic, with its own target and budget."""

    __tablename__ = "campaigns"
    __table_args__ = (
        sa.Index(None, "owner_id", "created_at"),
        {"comment": "Work for one client or topic."},
    )

    name: Mapped[str] = mapped_column(sa.String(255), comment="What the owner calls it.")
    description: Mapped[str | None] = mapped_column(sa.Text, comment="What it is for.")
    status: Mapped[CampaignStatus] = mapped_column(
        text_enum(CampaignStatus, "status"),
        default=CampaignStatus.ACTIVE,
        comment="Where it is.",
    )
    color: Mapped[str | None] = mapped_column(sa.String(32), comment="How lists show it.")
    tags: Mapped[list[Any]] = mapped_column(type_json, default=list, comment="The owner's tags.")
    target_job_count: Mapped[int | None] = mapped_column(comment="How many articles it aims at.")
    target_budget_usd: Mapped[float | None] = mapped_column(sa.Float, comment="What it may cost.")
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="Its start, in UTC.")
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="Its end, in UTC.")


class Template(Owned, Model):
    """An order to start from: the fields it presets are not null."""

    __tablename__ = "templates"
    __table_args__ = (
        sa.CheckConstraint("use_count >= 0", "use_count_positive"),
        sa.Index(None, "owner_id", "created_at"),
        sa.Index(None, "campaign_id"),
        {"comment": "Orders to start from."},
    )

    campaign_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("campaigns.id", ondelete="SET NULL"), comment="What its orders count for."
    )
    name: Mapped[str] = mapped_column(sa.String(255), comment="What the owner calls it.")
    description: Mapped[str | None] = mapped_column(sa.Text, comment="What it is for.")
    publisher_domain: Mapped[str | None] = mapped_column(sa.String(255), comment="Preset site.")
    llm_provider: Mapped[LlmProvider | None] = mapped_column(
        text_enum(LlmProvider, "llm_provider"), comment="Preset writer."
    )
    writing_strategy: Mapped[WritingStrategy | None] = mapped_column(
        text_enum(WritingStrategy, "writing_strategy"), comment="Preset number of calls."
    )
    country: Mapped[str | None] = mapped_column(sa.String(2), comment="Preset market.")
    use_ahrefs: Mapped[bool | None] = mapped_column(comment="Preset use of link data.")
    enable_llm_profiling: Mapped[bool | None] = mapped_column(comment="Preset help with profiles.")
    is_favorite: Mapped[bool] = mapped_column(default=False, comment="Shown first.")
    tags: Mapped[list[Any]] = mapped_column(type_json, default=list, comment="The owner's tags.")
    use_count: Mapped[int] = mapped_column(default=0, comment="How often it was used.")
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="When, in UTC.")


class Schedule(Owned, Model):
    """An order that places itself again and again."""

    __tablename__ = "schedules"
    __table_args__ = (
        sa.CheckConstraint("run_count >= 0 AND error_count >= 0", "counts_positive"),
        sa.Index(None, "owner_id", "created_at"),
        sa.Index(None, "status", "next_run_at"),
        sa.Index(None, "campaign_id"),
        sa.Index(None, "template_id"),
        {"comment": "Orders that place themselves."},
    )

    campaign_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("campaigns.id", ondelete="SET NULL"), comment="What its orders count for."
    )
    template_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("templates.id", ondelete="SET NULL"), comment="What its orders start from."
    )
    name: Mapped[str] = mapped_column(sa.String(255), comment="What the owner calls it.")
    description: Mapped[str | None] = mapped_column(sa.Text, comment="What it is for.")
    type: Mapped[ScheduleType] = mapped_column(
        text_enum(ScheduleType, "type"), comment="How often it orders."
    )
    pattern: Mapped[str | None] = mapped_column(sa.String(255), comment="On which day or weekday.")
    timezone: Mapped[str] = mapped_column(
        sa.String(64), default="UTC", comment="Whose midnight counts."
    )
    status: Mapped[ScheduleStatus] = mapped_column(
        text_enum(ScheduleStatus, "status"),
        default=ScheduleStatus.PAUSED,
        comment="Whether it orders.",
    )
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="The first time, in UTC.")
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="No order after this.")
    max_runs: Mapped[int | None] = mapped_column(comment="How often it orders at most.")
    order: Mapped[dict[str, Any]] = mapped_column(type_json, comment="What it orders.")
    next_run_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="When, in UTC.")
    last_run_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="When, in UTC.")
    last_job_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The last order; an id, as jobs may go."
    )
    run_count: Mapped[int] = mapped_column(default=0, comment="How often it ordered.")
    error_count: Mapped[int] = mapped_column(default=0, comment="Failures in a row.")
    last_error: Mapped[str | None] = mapped_column(sa.Text, comment="The last failure, in words.")
