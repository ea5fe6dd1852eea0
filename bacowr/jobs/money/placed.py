"""What the jobs behind placed links cost, and how good they were."""

from typing import NamedTuple

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.jobs.models import Job


class Placed(NamedTuple):
    """The sum of what the jobs cost, and the mean of their scores; None when none has one."""

    cost_usd: float
    mean_score: float | None


def behind_links_of(owner: User) -> Placed:
    """Measure the owner's jobs whose articles the owner's deal records name, in one statement."""
    named = sa.select(Backlink.job_id).where(
        visible_to(owner, Backlink.owner_id), Backlink.job_id.is_not(None)
    )
    select = sa.select(
        sa.func.coalesce(sa.func.sum(Job.actual_cost_usd), 0.0), sa.func.avg(Job.qc_score)
    ).where(visible_to(owner, Job.owner_id), Job.id.in_(named))
    cost, score = db.session.execute(select).one()
    return Placed(float(cost), None if score is None else float(score))
