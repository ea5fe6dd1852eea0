"""How many requests of a kind came from whom: the table that all processes count in."""

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base.db import Model, db, transaction

BUCKET_LENGTH, SUBJECT_LENGTH = 32, 80
KEPT_SECONDS = 24 * 3600
SWEPT_ONE_IN = 500


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


@transaction
def add(bucket: str, subject: str, *, window: int, requests: int) -> int:
    """Count requests of one kind; return how many there are in the window with these.

    One atomic statement; a window that is over begins anew in the same row.
    """
    table: Any = RateCount.__table__
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    goes_on = table.c.window_start == window
    statement = (
        insert(table)
        .values(bucket=bucket, subject=subject, window_start=window, requests=requests)
        .on_conflict_do_update(
            index_elements=["bucket", "subject"],
            set_={
                "requests": sa.case((goes_on, table.c.requests + requests), else_=requests),
                "window_start": window,
            },
        )
        .returning(table.c.requests)
    )
    total: int = db.session.execute(statement).scalar_one()
    if total == requests and secrets.randbelow(SWEPT_ONE_IN) == 0:
        sweep(before=window - KEPT_SECONDS)
    return total


@transaction
def sweep(*, before: int) -> None:
    """Forget the counts of windows that began before this second since 1970."""
    db.session.execute(sa.delete(RateCount).where(RateCount.window_start < before))
