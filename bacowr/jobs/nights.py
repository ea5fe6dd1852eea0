"""What became of one person's orders in a night."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.jobs.models import Job
from bacowr.jobs.spending import ModelCall
from bacowr.jobs.states import JobStatus


def ended(owner_id: str, since: datetime, until: datetime) -> Mapping[tuple[JobStatus, str], int]:
    """Count the orders that ended in that time, by how, and why they were blocked."""
    reason = sa.func.coalesce(Job.block_reason, "")
    select = (
        sa.select(Job.status, reason, sa.func.count())
        .where(
            Job.owner_id == owner_id,
            Job.finished_at > since,
            Job.finished_at <= until,
            Job.deleted_at.is_(None),
        )
        .group_by(Job.status, reason)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(select)}


def cost_usd(owner_id: str, since: datetime, until: datetime) -> float | None:
    """Add up what calls that began in that time cost; None when the price of one is unknown."""
    unknown = sa.func.sum(sa.case((ModelCall.cost_usd.is_(None), 1), else_=0))
    select = sa.select(sa.func.sum(ModelCall.cost_usd), unknown).where(
        ModelCall.owner_id == owner_id, ModelCall.started_at > since, ModelCall.started_at <= until
    )
    total, missing = db.session.execute(select).one()
    return None if missing else round(total or 0.0, 6)
