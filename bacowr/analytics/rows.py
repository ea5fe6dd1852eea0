"""Reading orders for figures: the days' prints, and the orders of some days, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import add
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bacowr.accounts.usage import UsageEntry
from bacowr.analytics.figures import Row
from bacowr.analytics.scope import Scope
from bacowr.base.db import db
from bacowr.base.types import UTCDateTime
from bacowr.jobs.models import Job

BETWEEN = " · "
"""What stands between a service and its model in the name of a writer."""

CHUNK = 5000

Span = tuple[date, date]

_job = Job.__table__.c


class UtcDay(FunctionElement[str]):
    """The day of a moment in UTC, as text: 2026-11-22."""

    type = sa.String()
    inherit_cache = True
    name = "utc_day"


@compiles(UtcDay, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:  # noqa: ANN401  # SQLAlchemy's.
    return f"substr({compiler.process(element.clauses, **more)}, 1, 10)"


@compiles(UtcDay, "postgresql")
def _on_postgres(element: Any, compiler: Any, **more: Any) -> str:  # noqa: ANN401  # SQLAlchemy's.
    moment = compiler.process(element.clauses, **more)
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins in UTC."""
    return datetime.combine(day, time(), UTC)


def prints(scope: Scope, spans: Sequence[Span]) -> Mapping[Span, str]:
    """Return the print of every span of days that has orders, in one statement.

    By its print the orders of a span are known again: how many there are, the sum of their
    versions and their latest change. An order's version and moment of change grow with whatever
    happens to it, so orders that were added, changed or deleted give another print. What narrows
    the orders is left out of account: a change to any order of the span counts. Reads nothing but
    an index.
    """
    bounds = sa.values(
        sa.column("number", sa.Integer()),
        sa.column("since", UTCDateTime()),
        sa.column("until", UTCDateTime()),
        name="spans",
    ).data(
        [
            (number, midnight(since), midnight(until + timedelta(days=1)))
            for number, (since, until) in enumerate(spans)
        ]
    )
    part = bounds.cte("spans")
    within = (
        scope.of_owners(_job.owner_id),
        _job.created_at >= part.c.since,
        _job.created_at < part.c.until,
    )
    parts = (sa.func.count(), sa.func.sum(_job.version), sa.func.max(_job.updated_at))
    texts = (sa.cast(each, sa.String) for each in parts)
    told = sa.select(reduce(add, texts)).where(*within).scalar_subquery()
    rows = db.session.execute(sa.select(part.c.number, told))
    return {spans[number]: told for number, told in rows if told is not None}


def between(scope: Scope, since: date, until: date) -> Iterator[Row]:
    """Give the orders of some days as figures need them, the latest first, in one statement."""
    select = (
        sa.select(*_COLUMNS)
        .where(
            *scope.conditions,
            _job.created_at >= midnight(since),
            _job.created_at < midnight(until + timedelta(days=1)),
        )
        .order_by(_job.created_at.desc(), _job.id.desc())
    )
    for chunk in db.session.execute(select).partitions(CHUNK):
        yield from map(Row._make, chunk)


def _plain(column: Any) -> sa.ColumnElement[str]:  # noqa: ANN401  # Of an enum's type.
    """Take a column as the text it is stored as: a hundred thousand enum members cost dearly."""
    return sa.type_coerce(column, sa.String)


_writer = (
    sa.select(UsageEntry.provider + BETWEEN + sa.func.coalesce(UsageEntry.model, ""))
    .where(UsageEntry.job_id == _job.id, UsageEntry.provider.is_not(None))
    .order_by(UsageEntry.at.desc(), UsageEntry.id)
    .limit(1)
    .correlate(Job.__table__)
    .scalar_subquery()
)
_COLUMNS = (
    UtcDay(_job.created_at),
    _job.id,
    _job.version,
    _plain(_job.status),
    _plain(_job.qc_status),
    _job.qc_score,
    _job.block_reason,
    _job.publisher_domain,
    _plain(_job.llm_provider),
    _plain(_job.writing_strategy),
    _writer,
    _job.estimated_cost_usd,
    _job.actual_cost_usd,
    _plain(_job.cost_source),
    _job.deleted_at.is_not(None),
)
