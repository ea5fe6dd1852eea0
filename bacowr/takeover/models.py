"""What a takeover keeps of itself: how far it is, and every row that found no place."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json

NAME_LENGTH = 64
DIGEST_LENGTH = 64


class TakeoverStatus(StrEnum):
    """Whether a takeover is done."""

    RUNNING = "running"
    DONE = "done"


class Takeover(Model):
    """One older database that is, or was, taken over."""

    __tablename__ = "takeovers"
    __table_args__ = (
        sa.UniqueConstraint("source_digest"),
        sa.CheckConstraint("(status = 'done') = (finished_at IS NOT NULL)", "finished_iff_done"),
        {"comment": "Older databases that were taken over."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    source: Mapped[str] = mapped_column(sa.Text, comment="Where it was, without the password.")
    source_digest: Mapped[str] = mapped_column(
        sa.String(DIGEST_LENGTH), comment="SHA-256 of its tables' contents: tells it from others."
    )
    generation: Mapped[str] = mapped_column(
        sa.String(NAME_LENGTH), comment="Which older BACOWR it was."
    )
    backup: Mapped[str] = mapped_column(sa.Text, comment="The proven copy taken before.")
    status: Mapped[TakeoverStatus] = mapped_column(
        text_enum(TakeoverStatus, "status"),
        default=TakeoverStatus.RUNNING,
        comment="Whether it is done.",
    )
    started_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it began, in UTC."
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its sums were proved, in UTC."
    )


class TakeoverStep(Model):
    """How far one table of an older database is taken over."""

    __tablename__ = "takeover_steps"
    __table_args__ = (
        sa.UniqueConstraint("takeover_id", "source_table"),
        {"comment": "How far each table of an older database is taken over."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    takeover_id: Mapped[str] = mapped_column(
        sa.ForeignKey("takeovers.id", ondelete="CASCADE"), comment="Which takeover."
    )
    source_table: Mapped[str] = mapped_column(
        sa.String(NAME_LENGTH), comment="Which table of the older database."
    )
    cursor: Mapped[str | None] = mapped_column(
        sa.Text, comment="Where the last row that is done stood; stored with it."
    )
    is_done: Mapped[bool] = mapped_column(default=False, comment="Whether no row is left.")
    counts: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="Rows read, written, merged, quarantined, dropped, present; repairs."
    )


class QuarantinedRow(Model):
    """One row of an older database that breaks a rule, kept whole with the reason."""

    __tablename__ = "quarantined_rows"
    __table_args__ = (
        sa.Index(None, "takeover_id", "source_table"),
        {"comment": "Rows of older databases that break a rule, kept whole."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    takeover_id: Mapped[str] = mapped_column(
        sa.ForeignKey("takeovers.id", ondelete="RESTRICT"), comment="Which takeover."
    )
    source_table: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), comment="Its table.")
    source_id: Mapped[str | None] = mapped_column(sa.Text, comment="Its id, if it had one.")
    reason: Mapped[str] = mapped_column(sa.Text, comment="Why it can't be used.")
    row: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="The row as it was, without keys and tokens."
    )


class LegacyRecord(Model):
    """What an older row held that has no column here; or the id under which it is known here."""

    __tablename__ = "legacy_records"
    __table_args__ = (
        sa.Index(None, "source_table", "record_id"),
        sa.Index(None, "takeover_id", "source_table", "source_id"),
        {"comment": "What older rows held that has no column here, and ids that were merged."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    takeover_id: Mapped[str] = mapped_column(
        sa.ForeignKey("takeovers.id", ondelete="RESTRICT"), comment="Which takeover."
    )
    source_table: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), comment="Its table.")
    source_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), comment="Its id there.")
    record_id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), comment="Its id here: another one if it was merged."
    )
    data: Mapped[dict[str, Any]] = mapped_column(type_json, comment="What has no column here.")
