"""How much may be spent: on one order, one batch, in one day and in one month (domain 3.14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.jobs.models import Job
from bacowr.jobs.spending import BatchCap, CapScope, ModelCall, SpendingCap

HIGHEST_USD = 1_000_000.0
SUM_WANTED = f"Give a sum from 0 to {HIGHEST_USD:,.0f} US dollars."
WARNING_SHARE = 0.8
LOCK_KEY = 0x_BAC0_0001
"""PostgreSQL's advisory lock that calls are reserved under, so that two can't share one rest."""

Limits = Mapping[CapScope, float | None]


class Whose(StrEnum):
    """Who is held to a cap together."""

    EVERYBODY = "everybody"
    TEAM = "team"
    PERSON = "person"


@dataclass(frozen=True)
class Standing:
    """How far one cap is used up; `limit_usd` is None where there is none."""

    scope: CapScope
    spent_usd: float
    limit_usd: float | None
    whose: Whose = Whose.EVERYBODY

    @property
    def is_near(self) -> bool:
        """Tell whether four fifths are spent."""
        return self.limit_usd is not None and self.spent_usd >= WARNING_SHARE * self.limit_usd

    def allows(self, more_usd: float) -> bool:
        """Tell whether that much more may be spent."""
        return self.limit_usd is None or self.spent_usd + more_usd <= self.limit_usd


def limits(defaults: Limits) -> dict[CapScope, float | None]:
    """Give the caps that hold for everybody: what an admin has set, else the defaults."""
    stored = {each.scope: each.limit_usd for each in db.session.scalars(sa.select(SpendingCap))}
    return {scope: stored.get(scope, defaults.get(scope)) for scope in CapScope}


def shared_standings(defaults: Limits) -> list[Standing]:
    """Tell how far everybody's caps of the day and the month are used up."""
    held = limits(defaults)
    return [Standing(scope, _spent(scope, None), held[scope]) for scope in SHARED]


def standings(job: Job, defaults: Limits) -> list[Standing]:
    """Tell how far everybody's caps that concern a job are used up (`holding` has them all)."""
    held = limits(defaults)
    scopes = [each for each in CapScope if each is not CapScope.BATCH or job.batch_id]
    if job.batch_id:
        held[CapScope.BATCH] = _least(held[CapScope.BATCH], cap_of_batch(job.batch_id))
    return [Standing(scope, _spent(scope, job), held[scope]) for scope in scopes]


def cap_of_batch(batch_id: str) -> float | None:
    """Give the cap that a batch was given for itself; None without one."""
    cap = db.session.get(BatchCap, batch_id)
    return cap.limit_usd if cap else None


def _least(one: float | None, other: float | None) -> float | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, default=None)


@transaction
def set_cap_of_batch(batch_id: str, limit_usd: float | None) -> None:
    """Give a batch a cap for itself, or with None take it away; Invalid for a sum that is none."""
    known = db.session.get(BatchCap, batch_id)
    if limit_usd is None:
        if known is not None:
            db.session.delete(known)
    elif not 0 <= limit_usd <= HIGHEST_USD:
        raise Invalid(SUM_WANTED, fields={"cap_usd": [SUM_WANTED]})
    else:
        db.session.merge(BatchCap(batch_id=batch_id, limit_usd=limit_usd))


@transaction
def set_cap(scope: CapScope, limit_usd: float | None, *, by: User) -> None:
    """Set a cap for everybody, or with None let the installation's default hold again.

    Raise Invalid for a sum that is none.
    """
    known = db.session.get(SpendingCap, scope)
    if limit_usd is None:
        if known is not None:
            db.session.delete(known)
    elif not 0 <= limit_usd <= HIGHEST_USD:
        raise Invalid(SUM_WANTED, fields={scope: [SUM_WANTED]})
    else:
        db.session.merge(SpendingCap(scope=scope, limit_usd=limit_usd, updated_by=by.email))
    told = "default" if limit_usd is None else f"{limit_usd:.2f}"
    audit.note("spending.cap", "spending_caps", scope, actor=by, limit=told)


def lock() -> None:
    """Let no other call be reserved until this unit of work ends; SQLite's own lock does that."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_KEY)))


SHARED = (CapScope.DAY, CapScope.MONTH)


def spent(*conditions: sa.ColumnElement[bool]) -> float:
    """Add up what the calls that fit cost, or may cost."""
    total = sa.select(sa.func.coalesce(sa.func.sum(ModelCall.cost_usd), 0.0))
    return float(db.session.scalar(total.where(*conditions)) or 0.0)


def begin_of(scope: CapScope, now: datetime) -> datetime:
    """Give the moment at which the day or the month began, in UTC."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if scope is CapScope.DAY else day - timedelta(days=day.day - 1)


def _spent(scope: CapScope, job: Job | None) -> float:
    if scope is CapScope.ORDER and job:
        return spent(ModelCall.job_id == job.id)
    if scope is CapScope.BATCH and job:
        jobs = sa.select(Job.id).where(Job.batch_id == job.batch_id)
        return spent(ModelCall.job_id.in_(jobs))
    return spent(ModelCall.started_at >= begin_of(scope, clock.now()))
