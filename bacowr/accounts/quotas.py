"""How much people may use in a calendar month (UTC), and that nobody gets past it.

Jobs are counted when they are ordered, by one statement that counts only below the limits: of two
orders at once, one gets the last place. Tokens are counted when a run ends, and looked at when the
next job is ordered; a run that has begun is not stopped by them (caps on spending stop calls).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bacowr.accounts.models import User
from bacowr.accounts.usage import JOBS_PER_MONTH, TOKENS_PER_MONTH, Quota, UsageCounter
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid, QuotaSpent

HIGHEST = 2_000_000_000


@dataclass(frozen=True)
class Standing:
    """How much of a quota is used in the month that `resets_at` ends."""

    jobs_used: int
    jobs_quota: int
    tokens_used: int
    tokens_quota: int
    resets_at: datetime

    @property
    def jobs_remaining(self) -> int:
        """How many jobs may still be ordered."""
        return max(self.jobs_quota - self.jobs_used, 0)

    @property
    def tokens_remaining(self) -> int:
        """How many tokens may still be spent."""
        return max(self.tokens_quota - self.tokens_used, 0)

    @property
    def quota_exceeded(self) -> bool:
        """Whether nothing more can be ordered this month."""
        return self.jobs_remaining == 0 or self.tokens_remaining == 0


def period(moment: datetime) -> str:
    """Return the month that the moment is counted in, such as 2026-11."""
    return f"{moment:%Y-%m}"


def month_end(moment: datetime) -> datetime:
    """Return when the next month begins, in UTC."""
    begin = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (begin + timedelta(days=32)).replace(day=1)


def standing(user: User) -> Standing:
    """Tell how much of the person's quota is used this month."""
    return standings([user])[user.id]


def standings(users: list[User]) -> dict[str, Standing]:
    """Tell the same of several people, by their ids, in two statements."""
    now, ids = clock.now(), [user.id for user in users]
    kept = sa.select(Quota).where(Quota.owner_id.in_(ids))
    limits = {each.owner_id: each for each in db.session.scalars(kept)}
    counted = sa.select(UsageCounter.owner_id, UsageCounter.jobs, UsageCounter.tokens).where(
        UsageCounter.owner_id.in_(ids), UsageCounter.period == period(now)
    )
    used = {owner: (jobs, tokens) for owner, jobs, tokens in db.session.execute(counted)}
    return {
        each: _standing(limits.get(each), used.get(each, (0, 0)), month_end(now)) for each in ids
    }


def _standing(limit: Quota | None, used: tuple[int, int], resets_at: datetime) -> Standing:
    return Standing(
        jobs_used=used[0],
        jobs_quota=limit.jobs_per_month if limit else JOBS_PER_MONTH,
        tokens_used=used[1],
        tokens_quota=limit.tokens_per_month if limit else TOKENS_PER_MONTH,
        resets_at=resets_at,
    )


@transaction
def spend_jobs(owner: User, count: int = 1) -> None:
    """Count jobs that are ordered; raise QuotaSpent, and count none, when they are too many.

    Also raises it when the month's tokens are spent. What has been ordered stays counted, whatever
    becomes of it.
    """
    if not db.session.execute(_counted(owner.id, jobs=count, is_bounded=True)).first():
        _refuse(owner, count)


@transaction
def add_tokens(owner_id: str, tokens: int) -> None:
    """Count tokens that a run has spent."""
    if tokens:
        db.session.execute(_counted(owner_id, tokens=tokens))


@transaction
def set_limits(
    user: User, *, jobs: int | None = None, tokens: int | None = None, by: User | None
) -> None:
    """Set what a person may use in a month; None leaves a limit as it is; Invalid below 0."""
    for name, limit in (("jobs_quota", jobs), ("tokens_quota", tokens)):
        if limit is not None and not 0 <= limit <= HIGHEST:
            text = f"Must be from 0 to {HIGHEST}."
            raise Invalid(text, fields={name: [text]})
    quota = db.session.scalar(sa.select(Quota).where(Quota.owner_id == user.id))
    if quota is None:
        quota = Quota(
            owner_id=user.id, jobs_per_month=JOBS_PER_MONTH, tokens_per_month=TOKENS_PER_MONTH
        )
        db.session.add(quota)
    before = (quota.jobs_per_month, quota.tokens_per_month)
    quota.jobs_per_month = quota.jobs_per_month if jobs is None else jobs
    quota.tokens_per_month = quota.tokens_per_month if tokens is None else tokens
    audit.note(
        "quota.change",
        "users",
        user.id,
        actor=by,
        jobs_before=before[0],
        tokens_before=before[1],
        jobs=quota.jobs_per_month,
        tokens=quota.tokens_per_month,
    )


@transaction
def reset(user: User, *, by: User | None) -> None:
    """Let a person begin the month anew."""
    now = standing(user)
    mine = UsageCounter.owner_id == user.id
    this = UsageCounter.period == period(clock.now())
    db.session.execute(sa.delete(UsageCounter).where(mine, this))
    used = {"jobs_before": now.jobs_used, "tokens_before": now.tokens_used}
    audit.note("quota.reset", "users", user.id, actor=by, **used)


def _refuse(owner: User, count: int) -> None:
    now = standing(owner)
    until = f"The month ends on {now.resets_at:%Y-%m-%d} at 00:00 UTC."
    wait = max(int((now.resets_at - clock.now()).total_seconds()), 1)
    if not now.tokens_remaining:
        text = f"Your {now.tokens_quota} tokens of this month are spent. {until}"
    elif count > 1:
        text = f"{count} jobs are more than the {now.jobs_remaining} left this month. {until}"
    else:
        text = f"Your {now.jobs_quota} jobs of this month are ordered. {until}"
    raise QuotaSpent(text, retry_after_seconds=wait)


def _counted(
    owner_id: str, *, jobs: int = 0, tokens: int = 0, is_bounded: bool = False
) -> sa.UpdateBase:
    """Return the statement that counts; it returns no row, and counts nothing, past the limits."""
    table: Any = UsageCounter.__table__
    jobs_limit = _limit(Quota.jobs_per_month, owner_id, JOBS_PER_MONTH)
    tokens_limit = _limit(Quota.tokens_per_month, owner_id, TOKENS_PER_MONTH)
    fits_new = sa.and_(jobs <= jobs_limit, tokens_limit > 0) if is_bounded else sa.true()
    fits = sa.and_(table.c.jobs + jobs <= jobs_limit, table.c.tokens < tokens_limit)
    columns = ["owner_id", "period", "jobs", "tokens"]
    values = (owner_id, period(clock.now()), jobs, tokens)
    row = sa.select(*map(sa.literal, values)).where(fits_new)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).from_select(columns, row)
    return statement.on_conflict_do_update(
        index_elements=["owner_id", "period"],
        set_={"jobs": table.c.jobs + jobs, "tokens": table.c.tokens + tokens},
        where=fits if is_bounded else None,
    ).returning(table.c.jobs)


def _limit(column: Any, owner_id: str, default: int) -> sa.ColumnElement[Any]:  # noqa: ANN401  # A column.
    own = sa.select(column).where(Quota.owner_id == owner_id).scalar_subquery()
    return sa.func.coalesce(own, default)
