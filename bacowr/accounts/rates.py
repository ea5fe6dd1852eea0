"""How many requests of a kind came from whom: the table that all processes count in."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base.db import Model

BUCKET_LENGTH, SUBJECT_LENGTH = 32, 80


class RateCount(Model):
    """How many requests of one kind came from one key, person or address in the open window."""

    __tablename__ = "rate_counts"
    __table_args__ = (
        sa.CheckConstraint("requests >= 0", "positive"),
        sa.Index(None, "window_start"),
        {"comment": "How many requests of a kind came from whom, in the window that is open."},
    )

    bucket: Mapped[str] = mapped_column(
        sa.String(BUCKET_LENGTH), primary_key=True, comment="The kind of request."
    )
    subject: Mapped[str] = mapped_column(
        sa.String(SUBJECT_LENGTH),
        primary_key=True,
        comment="The key, the person or the address.",
    )
    window_start: Mapped[int] = mapped_column(
        sa.BigInteger, comment="When the window began, in seconds since 1970."
    )
    requests: Mapped[int] = mapped_column(comment="How many came within it.")
