"""Batches of jobs that have ended already: gathered to be reviewed together, and taken apart."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource
from bacowr.accounts.visibility import visible_to
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.batches import states
from bacowr.batches.models import Batch, BatchStatus, ReviewItem
from bacowr.batches.review import findings
from bacowr.batches.service import NAME_LENGTH
from bacowr.jobs.articles import settling
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps

MOST_JOBS = 1000
LONGEST_DESCRIPTION = 10_000
MOST_CONFIG_CHARACTERS = 20_000
CONFIG_WANTED = (
    f"At most {MOST_CONFIG_CHARACTERS:,} characters of JSON, finite numbers and no zero bytes."
)
MOST_NAMED = 5
THRESHOLD = "auto_approve_threshold"
NOTHING_BY_ITSELF = (
    f"`{THRESHOLD}` is stored and does nothing: no article is approved without a person."
)


@dataclass(frozen=True)
class Gathered:
    """What a batch of finished jobs is to be called, and which they are."""

    name: str
    job_ids: Sequence[str]
    description: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


@transaction
def gather(wanted: Gathered, *, owner: User) -> Batch:
    """Make a batch of jobs that have come to something, up for review at once.

    Raise Invalid when a job comes twice, isn't there to be seen, or isn't delivered or blocked. A
    job that was ordered in another batch is reviewed here as well and stays that one's.
    """
    _check(wanted)
    jobs = _jobs(wanted.job_ids, owner)
    estimated = [each.estimated_cost_usd for each in jobs]
    actual = [each.actual_cost_usd for each in jobs]
    batch = Batch(
        owner_id=owner.id,
        name=wanted.name.strip(),
        description=wanted.description,
        status=BatchStatus.READY_FOR_REVIEW,
        config=dict(wanted.config),
        estimated_cost_usd=_sum(estimated),
        actual_cost_usd=_sum(actual),
        cost_source=_source(jobs),
        completed_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    _make_items(batch, jobs)
    audit.record("batch.gather", batch, actor=owner, jobs=len(jobs))
    return batch


@transaction
def delete(batch: Batch, *, by: User) -> None:
    """Delete a batch with its review; its jobs stay, in no batch.

    Raise Conflict while jobs of it are to come.
    """
    held = sa.update(Batch).where(Batch.id == batch.id).values(version=Batch.version + 1)
    db.session.execute(held.execution_options(synchronize_session=False))
    db.session.refresh(batch)
    if batch.status in states.OPEN:
        raise Conflict(f"The batch is {batch.status}: cancel it before you delete it.")
    audit.record("batch.delete", batch, actor=by, name=batch.name)
    caps.set_cap_of_batch(batch.id, None)
    db.session.execute(
        sa.update(Job)
        .where(Job.batch_id == batch.id)
        .values(batch_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.delete(batch)


def warnings_of(batch: Batch) -> list[str]:
    """Say what of a batch's settings does nothing."""
    return [NOTHING_BY_ITSELF] if THRESHOLD in batch.config else []


def _check(wanted: Gathered) -> None:
    faults: dict[str, list[str]] = {}
    if not 1 <= len(wanted.name.strip()) <= NAME_LENGTH:
        faults["name"] = [f"Give it a name of 1 to {NAME_LENGTH} characters."]
    if len(wanted.description or "") > LONGEST_DESCRIPTION:
        faults["description"] = [f"At most {LONGEST_DESCRIPTION:,} characters."]
    if not _is_storable(wanted.config):
        faults["batch_config"] = [CONFIG_WANTED]
    if not 1 <= len(wanted.job_ids) <= MOST_JOBS:
        faults["job_ids"] = [f"Name 1 to {MOST_JOBS:,} jobs."]
    elif len(set(wanted.job_ids)) < len(wanted.job_ids):
        faults["job_ids"] = ["Name each job once."]
    if faults:
        raise Invalid("The batch can't be made like this.", fields=faults)


def _is_storable(config: Mapping[str, Any]) -> bool:
    try:
        text = json.dumps(dict(config), allow_nan=False)
    except ValueError:
        return False
    return len(text) <= MOST_CONFIG_CHARACTERS and "\\u0000" not in text


def _jobs(ids: Sequence[str], owner: User) -> list[Job]:
    """Return the jobs in the order in which they were named."""
    select = sa.select(Job).where(
        Job.id.in_(ids), Job.deleted_at.is_(None), visible_to(owner, Job.owner_id)
    )
    found = {each.id: each for each in db.session.scalars(select)}
    if missing := [each for each in ids if each not in found]:
        raise _refused(f"There is no such job: {_named(missing)}.")
    if early := [each for each in ids if found[each].status not in settling.OPEN]:
        raise _refused(f"Only delivered and blocked jobs can be reviewed, not {_named(early)}.")
    return [found[each] for each in ids]


def _named(ids: Sequence[str]) -> str:
    more = len(ids) - MOST_NAMED
    return ", ".join(ids[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _refused(text: str) -> Invalid:
    return Invalid(text, fields={"job_ids": [text]})


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [each for each in costs if each is not None]
    return round(sum(known), 6) if len(known) == len(costs) else None


def _source(jobs: Sequence[Job]) -> CostSource | None:
    if any(each.actual_cost_usd is None for each in jobs):
        return None
    measured = all(each.cost_source is CostSource.MEASURED for each in jobs)
    return CostSource.MEASURED if measured else CostSource.ESTIMATE


def _make_items(batch: Batch, jobs: Sequence[Job]) -> None:
    counted = findings.numbers_of(Job.id.in_([each.id for each in jobs]))
    for place, job in enumerate(jobs, 1):
        if job.batch_id is None:
            job.batch_id, job.batch_row = batch.id, place
        item = ReviewItem(
            owner_id=batch.owner_id,
            batch_id=batch.id,
            job_id=job.id,
            qc_status=job.qc_status,
            qc_score=job.qc_score,
            issue_count=counted.get(job.id),
        )
        db.session.add(item)
    db.session.flush()
