"""What a job cost, added up from its calls; measured and expected are never mixed (domain 3.14)."""

import sqlalchemy as sa

from bacowr.accounts.usage import CostSource, UsageEntry
from bacowr.base.db import db
from bacowr.jobs.models import Job
from bacowr.jobs.spending import CallStatus, ModelCall


def calls_of(job: Job) -> list[ModelCall]:
    """Return the calls that were made for a job, the earliest first."""
    select = sa.select(ModelCall).where(ModelCall.job_id == job.id)
    return list(db.session.scalars(select.order_by(ModelCall.started_at, ModelCall.attempt)))


def close(job: Job) -> None:
    """Note what a job has cost so far, and what its last round used up.

    The cost is measured when every call's tokens were reported; a call that was lost or cut leaves
    an estimate. A job for which nobody was asked costs nothing that anybody could measure.
    """
    calls = calls_of(job)
    if not calls:
        return
    _sum_up(job, calls)
    last = [each for each in calls if each.round_number == job.round_number]
    if last:
        db.session.add(_usage(job, last))


def note(job: Job) -> None:
    """Note what a job has cost until it was given up; a retry adds to it."""
    if calls := calls_of(job):
        _sum_up(job, calls)


def add(job: Job, call: ModelCall) -> None:
    """Add a call to what a job has cost that was closed before."""
    _sum_up(job, calls_of(job))
    db.session.add(_usage(job, [call]))


def _sum_up(job: Job, calls: list[ModelCall]) -> None:
    costs = [each.cost_usd for each in calls]
    job.actual_cost_usd = None if None in costs else round(sum(filter(None, costs)), 6)
    job.cost_source = _source(calls) if job.actual_cost_usd is not None else None


def _source(calls: list[ModelCall]) -> CostSource:
    measured = all(each.cost_source is CostSource.MEASURED for each in calls)
    return CostSource.MEASURED if measured else CostSource.ESTIMATE


def _usage(job: Job, calls: list[ModelCall]) -> UsageEntry:
    costs = [each.cost_usd for each in calls]
    return UsageEntry(
        owner_id=job.owner_id,
        job_id=job.id,
        provider=calls[-1].provider,
        model=calls[-1].answered_by or calls[-1].model,
        strategy=job.writing_strategy,
        input_tokens=sum(each.input_tokens or 0 for each in calls),
        output_tokens=sum(each.output_tokens or 0 for each in calls),
        cost_usd=None if None in costs else round(sum(filter(None, costs)), 6),
        cost_source=_source(calls),
        seconds=round(sum(each.seconds or 0.0 for each in calls), 2),
        is_delivered=any(each.status is CallStatus.DONE for each in calls),
    )
