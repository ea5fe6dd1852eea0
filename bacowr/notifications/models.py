"""What people want to be told, and how."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json


class Channel(StrEnum):
    """A way of telling somebody."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class NotificationPreference(Model):
    """That one person wants, or doesn't want, to be told of one event at one address."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "event", "channel"),
        {"comment": "What people want to be told, and how."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Who is told."
    )
    event: Mapped[str] = mapped_column(
        sa.String(64), comment="What it is about, as resource.verb; * for everything."
    )
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), comment="How.")
    address: Mapped[str] = mapped_column(
        sa.String(2048), comment="The e-mail address or the URL it goes to."
    )
    is_on: Mapped[bool] = mapped_column(comment="Whether it is wanted.")
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )
    version: Mapped[int] = mapped_column(
        default=1, comment="Counts the changes, so that none is overwritten."
    )


class Webhook(Model):
    """One address that a person's programs are told at."""

    __tablename__ = "webhooks"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", "previous_whole"
        ),
        sa.Index(None, "owner_id"),
        {"comment": "Addresses that people's own programs are told at."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Whose it is."
    )
    url: Mapped[str] = mapped_column(sa.String(2048), comment="Where what happened is posted.")
    description: Mapped[str] = mapped_column(
        sa.String(120), default="", comment="What the owner calls it."
    )
    events: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="The events that it is told, by name."
    )
    secret: Mapped[str] = mapped_column(sa.Text, comment="What signs, encrypted.")
    previous_secret: Mapped[str | None] = mapped_column(
        sa.Text, comment="What signs too for a while after a change of secret, encrypted."
    )
    previous_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="Until when the secret before signs too, in UTC."
    )
    is_on: Mapped[bool] = mapped_column(default=True, comment="Whether anything is sent there.")
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )
    version: Mapped[int] = mapped_column(
        default=1, comment="Counts the changes, so that none is overwritten."
    )


class MorningHour(Model):
    """When one person is told what the night has brought."""

    __tablename__ = "morning_hours"
    __table_args__ = (
        sa.CheckConstraint("hour BETWEEN 0 AND 23", "hour_of_day"),
        sa.Index(None, "next_at"),
        {"comment": "When people are told what the night has brought."},
    )

    id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, comment="Who is told."
    )
    hour: Mapped[int] = mapped_column(comment="The hour of the person's own clock, 0 to 23.")
    time_zone: Mapped[str] = mapped_column(sa.String(64), comment="The zone of that clock.")
    covers_from: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="What happened before was told already, in UTC."
    )
    next_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="When the next summary is due, in UTC."
    )
