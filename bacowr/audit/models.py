"""The audit log's tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, type_json


class AuditEvent(Model):
    """One thing that somebody did; holds ids and labels only, so it outlives its people."""

    __tablename__ = "audit_events"
    __table_args__ = (
        sa.Index(None, "at"),
        sa.Index(None, "resource_type", "resource_id"),
        sa.Index(None, "actor_id", "at"),
        sa.Index(None, "sequence"),
        sa.CheckConstraint(
            "(sequence IS NULL) = (hash IS NULL) AND (sequence IS NULL) = (previous_hash IS NULL)",
            "chain_whole",
        ),
        {"comment": "Who did what, and when; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, comment="When, in UTC.")
    actor_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="Who did it; null for the system itself."
    )
    actor_label: Mapped[str] = mapped_column(
        sa.String(320), comment="The actor's e-mail at that time, or the part of the system."
    )
    action: Mapped[str] = mapped_column(
        sa.String(64), comment="What was done, as resource.verb: job.create."
    )
    resource_type: Mapped[str] = mapped_column(sa.String(64), comment="The table of the thing.")
    resource_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), comment="The thing's id.")
    data: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What else matters; never a secret or a text."
    )
    sequence: Mapped[int | None] = mapped_column(
        sa.BigInteger(), comment="The row's place in the chain, from 1; null for older rows."
    )
    previous_hash: Mapped[str | None] = mapped_column(
        sa.String(64), comment="The hash of the row before; zeros for the first."
    )
    hash: Mapped[str | None] = mapped_column(
        sa.String(64), comment="SHA-256 over all of the row but itself, in hex."
    )


class AuditHead(Model):
    """The end of the chain, so that rows which are missing there are missed."""

    __tablename__ = "audit_heads"
    __table_args__ = (
        sa.CheckConstraint("sequence >= 1", "sequence_positive"),
        {"comment": "Where the chain of the audit log ends."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, comment="The chain's name."
    )
    sequence: Mapped[int] = mapped_column(sa.BigInteger(), comment="The newest row's place.")
    hash: Mapped[str] = mapped_column(sa.String(64), comment="The newest row's hash.")
