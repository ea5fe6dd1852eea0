"""What is to be told, what is on its way to whom, and every attempt: tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json
from bacowr.notifications.models import Channel
from bacowr.notifications.states import DeliveryState

ANSWER_LENGTH = 500


class Notice(Model):
    """Something that happened and that nobody has been told yet."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index(None, "at"),
        sa.Index(None, "owner_id"),
        {"comment": "What happened and is to be told; a row goes once its deliveries are made."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Who is to be told."
    )
    event: Mapped[str] = mapped_column(sa.String(64), comment="What happened, as resource.verb.")
    data: Mapped[dict[str, Any]] = mapped_column(type_json, comment="What there is to tell of it.")
    at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it happened, in UTC."
    )


class Delivery(Model):
    """One message to one address, until it arrived or was given up."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.CheckConstraint("attempts >= 0", "attempts_positive"),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", "lease_whole"),
        sa.CheckConstraint(
            "(state IN ('pending', 'retrying')) = (next_try_at IS NOT NULL)", "waiting_has_time"
        ),
        sa.Index(None, "next_try_at"),
        sa.Index(None, "owner_id", "created_at"),
        sa.Index(None, "webhook_id", "state"),
        sa.Index(None, "ended_at"),
        {"comment": "Messages to one address each, and how far they came."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH),
        primary_key=True,
        default=new_id,
        comment="UUID as text; the receiver gets it too, the same at every attempt.",
    )
    owner_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"),
        comment="Whose it is; null for somebody who has no account.",
    )
    event: Mapped[str] = mapped_column(sa.String(64), comment="What it tells, as resource.verb.")
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), comment="How.")
    address: Mapped[str] = mapped_column(
        sa.String(2048), comment="The e-mail address or the URL it goes to."
    )
    webhook_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("webhooks.id", ondelete="CASCADE"), comment="The webhook that it goes to."
    )
    subject: Mapped[str] = mapped_column(
        sa.String(200), default="", comment="What it is about, in one line."
    )
    body: Mapped[str | None] = mapped_column(
        sa.Text, comment="What is sent, byte for byte; null once a secret one has ended."
    )
    is_secret: Mapped[bool] = mapped_column(
        default=False, comment="Whether the body holds a secret, and is encrypted."
    )
    state: Mapped[DeliveryState] = mapped_column(
        text_enum(DeliveryState, "state"), default=DeliveryState.PENDING, comment="Where it is."
    )
    attempts: Mapped[int] = mapped_column(default=0, comment="How often it was begun.")
    next_try_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it is tried next, in UTC; null when it has ended."
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="From when on it is of no use any more, in UTC; null for never."
    )
    lease_owner: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The process that sends it."
    )
    lease_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="From this moment on another process may send it."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )
    ended_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it arrived or was given up, in UTC."
    )


class DeliveryAttempt(Model):
    """One attempt at a delivery."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        sa.UniqueConstraint("delivery_id", "number"),
        {"comment": "Every attempt at a delivery, and what came of it."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    delivery_id: Mapped[str] = mapped_column(
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"), comment="What was to be delivered."
    )
    number: Mapped[int] = mapped_column(comment="Which attempt it was, from 1.")
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="When it began, in UTC.")
    ended_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When its end was noted, in UTC; null when the process was lost."
    )
    code: Mapped[int | None] = mapped_column(
        comment="The web server's status, or the mail server's code."
    )
    answer: Mapped[str | None] = mapped_column(
        sa.String(ANSWER_LENGTH), comment="The beginning of what was answered."
    )
    fault: Mapped[str | None] = mapped_column(
        sa.String(ANSWER_LENGTH), comment="Why it did not arrive, in one sentence."
    )
