"""What people want to be told, and how."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum


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
