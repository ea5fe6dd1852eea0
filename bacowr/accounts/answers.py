"""Answers that are kept for a while, so that a request which is sent twice is carried out once."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model, db, transaction
from bacowr.base.types import UTCDateTime

HASH_LENGTH = 64
KEPT_FOR = timedelta(days=7)
SWEPT_ONE_IN = 100


class Taken(Exception):  # noqa: N818  # Named after what happened.
    """Somebody was faster with the same key; theirs is stored by the time this is raised."""


class KeptAnswer(Model):
    """What one request was answered; a row without an answer is only seen by who writes it."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        sa.Index(None, "created_at"),
        {"comment": "Answers to requests that came with a key, for those who send them again."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH),
        primary_key=True,
        comment="SHA-256 of whose key it is and the key, in hex.",
    )
    request_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of what was asked for, in hex."
    )
    answer: Mapped[str | None] = mapped_column(
        sa.Text, comment="The answer, encrypted; null while it is being made."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was asked for, in UTC."
    )


def find(answer_id: str) -> KeptAnswer | None:
    """Find a kept answer that isn't too old."""
    select = sa.select(KeptAnswer).where(
        KeptAnswer.id == answer_id, KeptAnswer.created_at > clock.now() - KEPT_FOR
    )
    return db.session.scalar(select)


@transaction
def claim(answer_id: str, request_hash: str) -> None:
    """Take a key for a request, inside the unit of work that carries the request out.

    Raise Taken when somebody was faster; whoever comes while they are at it waits for them.
    """
    if secrets.randbelow(SWEPT_ONE_IN) == 0:
        sweep()
    older = KeptAnswer.created_at <= clock.now() - KEPT_FOR
    db.session.execute(sa.delete(KeptAnswer).where(KeptAnswer.id == answer_id, older))
    row = {"id": answer_id, "request_hash": request_hash, "created_at": clock.now()}
    try:
        db.session.execute(sa.insert(KeptAnswer.__table__).values(row))  # type: ignore[arg-type]  # A table.
    except IntegrityError as error:
        raise Taken from error


@transaction
def keep(answer_id: str, answer: str) -> None:
    """Store the answer for the key that was claimed."""
    kept = sa.update(KeptAnswer).where(KeptAnswer.id == answer_id).values(answer=answer)
    db.session.execute(kept)


@transaction
def sweep() -> None:
    """Forget the answers that nobody will ask for again."""
    old = KeptAnswer.created_at <= clock.now() - KEPT_FOR
    db.session.execute(sa.delete(KeptAnswer).where(old))
