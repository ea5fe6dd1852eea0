"""How much people may use in a calendar month (UTC), and that nobody gets past it.

Jobs are counted when they are ordered, by one statement that counts only below the limits: of two
orders at once, one gets the last place. Tokens are held the same way before a call is made, as many
as it may take, and what it took is counted in their place when it is answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
    if not db.session.execute(_counted(owner.id, jobs=count, bound=_fits_jobs)).first():
        _refuse(owner, count)


@transaction
def hold_tokens(owner_id: str, tokens: int) -> bool:
    """Count tokens that a call may take; count none, and return False, when too few are left."""
    counted = db.session.execute(_counted(owner_id, tokens=tokens, bound=_fits_tokens))
    return counted.first() is not None


@transaction
def add_tokens(owner_id: str, tokens: int) -> None:
    """Count tokens that were spent, whatever is left."""
    if tokens:
        db.session.execute(_counted(owner_id, tokens=tokens))


@transaction
def settle_tokens(owner_id: str, difference: int, *, at: datetime) -> None:
    """Count so many tokens more, or fewer, in the month of the moment at which they were held.

    Never below nothing: an admin may have let the person begin anew meanwhile.
    """
    after = UsageCounter.tokens + difference
    db.session.execute(
        sa.update(UsageCounter)
        .where(UsageCounter.owner_id == owner_id, UsageCounter.period == period(at))
        .values(tokens=sa.case((after < 0, 0), else_=after))
        .execution_options(synchronize_session=False)
    )


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


class _Use(NamedTuple):
    """What is used, or to be, of what may be used."""

    jobs: sa.ColumnElement[int]
    tokens: sa.ColumnElement[int]
    jobs_limit: sa.ColumnElement[int]
    tokens_limit: sa.ColumnElement[int]


_Bound = Callable[[_Use], sa.ColumnElement[bool]]


def _fits_jobs(use: _Use) -> sa.ColumnElement[bool]:
    return sa.and_(use.jobs <= use.jobs_limit, use.tokens < use.tokens_limit)


def _fits_tokens(use: _Use) -> sa.ColumnElement[bool]:
    return use.tokens <= use.tokens_limit


def _counted(
    owner_id: str, *, jobs: int = 0, tokens: int = 0, bound: _Bound | None = None
) -> sa.UpdateBase:
    """Return the statement that counts; it returns no row, and counts nothing, past the bound."""
    table: Any = UsageCounter.__table__
    limits = (
        _limit(Quota.jobs_per_month, owner_id, JOBS_PER_MONTH),
        _limit(Quota.tokens_per_month, owner_id, TOKENS_PER_MONTH),
    )
    new = _Use(sa.literal(jobs), sa.literal(tokens), *limits)
    more = _Use(table.c.jobs + jobs, table.c.tokens + tokens, *limits)
    columns = ["owner_id", "period", "jobs", "tokens"]
    values = (owner_id, period(clock.now()), jobs, tokens)
    row = sa.select(*map(sa.literal, values)).where(bound(new) if bound else sa.true())
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).from_select(columns, row)
    return statement.on_conflict_do_update(
        index_elements=["owner_id", "period"],
        set_={"jobs": more.jobs, "tokens": more.tokens},
        where=bound(more) if bound else None,
    ).returning(table.c.jobs)


def _limit(column: Any, owner_id: str, default: int) -> sa.ColumnElement[Any]:  # noqa: ANN401  # A column.
    own = sa.select(column).where(Quota.owner_id == owner_id).scalar_subquery()
    return sa.func.coalesce(own, default)
