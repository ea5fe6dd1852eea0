"""Which caps hold for an order: everybody's, its team's, and those its owner has set."""

from collections.abc import Mapping

import sqlalchemy as sa

from bacowr.accounts import preferences
from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps
from bacowr.jobs.money.caps import HIGHEST_USD, SUM_WANTED, Limits, Standing, Whose
from bacowr.jobs.spending import CapScope, ModelCall, TeamCap

TEAM_SCOPES = (CapScope.DAY, CapScope.MONTH)
PERSONAL = {"daily_limit_usd": CapScope.DAY, "per_job_limit_usd": CapScope.ORDER}


def standings(job: Job, defaults: Limits) -> list[Standing]:
    """Tell how far every cap that concerns a job is used up."""
    owner = job.owner
    return [
        *caps.standings(job, defaults),
        *standings_of_team(owner.team_id),
        *_standings_of_person(owner, job),
    ]


def standings_before(owner: User, defaults: Limits) -> list[Standing]:
    """Tell how far the caps are used up for an order that its owner is yet to place."""
    limit = caps.limits(defaults)[CapScope.ORDER]
    return [
        Standing(CapScope.ORDER, 0.0, limit),
        *caps.shared_standings(defaults),
        *standings_of_team(owner.team_id),
        *_standings_of_person(owner, None),
    ]


def limits_of_team(team_id: str | None) -> dict[CapScope, float]:
    """Give the caps of one team; none for who has no team."""
    if team_id is None:
        return {}
    rows = db.session.scalars(sa.select(TeamCap).where(TeamCap.team_id == team_id))
    return {each.scope: each.limit_usd for each in rows}


def standings_of_team(
    team_id: str | None, limits: Mapping[CapScope, float | None] | None = None
) -> list[Standing]:
    """Tell how far a team's own caps are used up; `limits` are those, if they are known."""
    held = limits_of_team(team_id) if limits is None else limits
    return [
        Standing(scope, spent_by_team(team_id, scope), limit, Whose.TEAM)
        for scope, limit in held.items()
    ]


def spent_by_team(team_id: str | None, scope: CapScope) -> float:
    """Add up what the team's orders cost, or may cost, in the day or the month that runs."""
    members = sa.select(User.id).where(User.team_id == team_id)
    return _spent_since(scope, ModelCall.owner_id.in_(members))


def limits_of_person(user: User) -> dict[CapScope, float]:
    """Give the limits that a person has set for the own orders and enabled."""
    told = preferences.cost_limits_of(user)
    held = {scope: getattr(told, name) for name, scope in PERSONAL.items() if told.enabled}
    return {scope: limit for scope, limit in held.items() if limit is not None}


def is_capped(defaults: Limits, team_id: str | None) -> bool:
    """Tell whether any cap holds for the orders of a team, so that every call has to be priced."""
    shared = (each is not None for each in caps.limits(defaults).values())
    return any(shared) or bool(limits_of_team(team_id))


@transaction
def set_team_cap(team_id: str, scope: CapScope, limit_usd: float | None, *, by: User) -> None:
    """Set a cap for one team, or with None take it away; raise Invalid for a sum that is none."""
    if scope not in TEAM_SCOPES:
        text = "A team has a cap for the day and one for the month."
        raise Invalid(text, fields={"scope": [text]})
    known = db.session.get(TeamCap, (team_id, scope))
    if limit_usd is None:
        if known is not None:
            db.session.delete(known)
    elif not 0 <= limit_usd <= HIGHEST_USD:
        raise Invalid(SUM_WANTED, fields={scope: [SUM_WANTED]})
    else:
        row = TeamCap(team_id=team_id, scope=scope, limit_usd=limit_usd, updated_by=by.email)
        db.session.merge(row)
    told = "none" if limit_usd is None else f"{limit_usd:.2f}"
    audit.note("spending.cap", "team_caps", scope, actor=by, limit=told, team=team_id)


def _standings_of_person(user: User, job: Job | None) -> list[Standing]:
    return [
        Standing(scope, _spent_by(user, scope, job), limit, Whose.PERSON)
        for scope, limit in limits_of_person(user).items()
    ]


def _spent_by(user: User, scope: CapScope, job: Job | None) -> float:
    if scope is CapScope.ORDER:
        return caps.spent(ModelCall.job_id == job.id) if job else 0.0
    return _spent_since(scope, ModelCall.owner_id == user.id)


def _spent_since(scope: CapScope, condition: sa.ColumnElement[bool]) -> float:
    return caps.spent(condition, ModelCall.started_at >= caps.begin_of(scope, clock.now()))
