"""Which of one person's batches wait for the person in the morning."""

from collections.abc import Sequence

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.batches.models import Batch, BatchStatus

REVIEWABLE = (BatchStatus.READY_FOR_REVIEW, BatchStatus.IN_REVIEW)


def waiting(owner_id: str) -> Sequence[str]:
    """Return the names of the batches that wait for a review, the newest first."""
    select = sa.select(Batch.name).where(Batch.owner_id == owner_id, Batch.status.in_(REVIEWABLE))
    return db.session.scalars(select.order_by(Batch.created_at.desc(), Batch.id)).all()
