"""Figures of orders and of what they cost: the addresses and shapes that older clients know."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.analytics import overview, scope
from bacowr.analytics.analysis import Analysis
from bacowr.analytics.figures import Share
from bacowr.analytics.periods import FIRST, LAST, MOST_DAYS, Granularity, Period
from bacowr.analytics.rows import midnight
from bacowr.api.openapi import Blueprint
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.schemas import JobSchema
from bacowr.jobs.states import JobStatus

USUAL_DAYS = 30
PERCENT = 100

bp = Blueprint(
    "api_analytics",
    __name__,
    url_prefix="/api/v1/analytics",
    description="Figures of orders, and of what they cost.",
)


class DayField(fields.Date):
    """A day; of a whole moment, as some clients send it, the day alone."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> date:  # noqa: ANN401  # Theirs.
        try:
            found = datetime.fromisoformat(value).date()
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid", input=value, obj_type="date") from error
        if not FIRST <= found <= LAST:
            raise ValidationError(f"Give a day from {FIRST} to {LAST}.")
        return found


class AnalyticsQuerySchema(Schema):
    """How many days, today included."""

    days = fields.Integer(load_default=USUAL_DAYS, validate=validate.Range(1, MOST_DAYS))


class CostsQuerySchema(Schema):
    """Which days in UTC, both included, and how they are grouped."""

    start_date = DayField(metadata={"description": "The first day; unset, 29 before the last."})
    end_date = DayField(metadata={"description": "The last day; unset, today."})
    group_by = fields.Enum(Granularity, by_value=True, load_default=Granularity.DAY)


def _counts(description: str) -> fields.Dict:
    about = {"description": description}
    return fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata=about)


def _sums(description: str) -> fields.Dict:
    about = {"description": description}
    return fields.Dict(keys=fields.String(), values=fields.Float(), required=True, metadata=about)


class AnalyticsSchema(Schema):
    """The orders that were placed in a period."""

    total_jobs = fields.Integer(required=True)
    jobs_by_status = _counts("By where they are now.")
    jobs_by_provider = _counts("By who was to write.")
    jobs_by_strategy = _counts("By how they were to be written.")
    total_cost = fields.Float(
        required=True, metadata={"description": "In US dollars, measured and estimated."}
    )
    avg_generation_time = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Mean seconds of the latest 300 that have a text."},
    )
    success_rate = fields.Float(
        required=True, metadata={"description": "The delivered ones among all, in percent."}
    )
    period_start = fields.AwareDateTime(required=True)
    period_end = fields.AwareDateTime(required=True)


class DashboardSchema(Schema):
    """The orders of the last 366 days in single figures, and the latest ones."""

    total_jobs = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    blocked = fields.Integer(required=True)
    aborted = fields.Integer(required=True)
    total_cost = fields.Float(required=True)
    avg_cost_per_job = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "The cost by the orders that have a text; null without any."},
    )
    avg_duration = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Mean seconds of the latest 300 that have a text."},
    )
    recent_jobs = fields.List(fields.Nested(JobSchema), required=True)


class CostPartSchema(Schema):
    """What the orders of one day, week or month cost."""

    date = fields.Date(required=True, metadata={"description": "Its first day."})
    cost = fields.Float(required=True)


class CostsSchema(Schema):
    """What the orders that were placed in a period have cost so far, in US dollars."""

    total = fields.Float(required=True)
    by_provider = _sums("By who was to write.")
    by_strategy = _sums("By how they were to be written.")
    timeline = fields.List(fields.Nested(CostPartSchema), required=True)


@bp.route("")
@bp.arguments(AnalyticsQuerySchema, location="query")
@bp.response(200, AnalyticsSchema)
@needs(Permission.ANALYTICS_READ)
def get_analytics(query: dict[str, Any]) -> Mapping[str, Any]:
    """Count the orders of the last days, and tell what they cost."""
    now = clock.now()
    about = _about(Period.last(query["days"], today=now.date()))
    total, share = about.total, about.total.total
    return {
        "total_jobs": share.orders,
        "jobs_by_status": {each: total.statuses[each] for each in JobStatus},
        "jobs_by_provider": _orders(total.providers),
        "jobs_by_strategy": _orders(total.strategies),
        "total_cost": _usd(share.cost_usd),
        "avg_generation_time": about.recent.mean_seconds,
        "success_rate": PERCENT * share.delivered / share.orders if share.orders else 0.0,
        "period_start": midnight(about.period.since),
        "period_end": now,
    }


@bp.route("/dashboard")
@bp.response(200, DashboardSchema)
@needs(Permission.ANALYTICS_READ)
def get_dashboard() -> Mapping[str, Any]:
    """Give the orders of the last 366 days in single figures, and the latest ones."""
    about = _about(Period.last(MOST_DAYS, today=clock.now().date()))
    total, share = about.total, about.total.total
    with_text = share.delivered + share.blocked
    return {
        "total_jobs": share.orders,
        "delivered": share.delivered,
        "blocked": share.blocked,
        "aborted": total.statuses[JobStatus.ABORTED],
        "total_cost": _usd(share.cost_usd),
        "avg_cost_per_job": _usd(share.cost_usd / with_text) if with_text else None,
        "avg_duration": about.recent.mean_seconds,
        "recent_jobs": db.session.scalars(overview.latest_orders(current_user())).all(),
    }


@bp.route("/costs")
@bp.arguments(CostsQuerySchema, location="query")
@bp.response(200, CostsSchema)
@needs(Permission.ANALYTICS_READ)
def get_costs(query: dict[str, Any]) -> Mapping[str, Any]:
    """Add up what orders cost, by the day, week or month in which they were placed."""
    until = query.get("end_date") or clock.now().date()
    since = query.get("start_date") or Period.last(USUAL_DAYS, today=until).since
    about = _about(Period.between(since, until), query["group_by"])
    return {
        "total": _usd(about.total.total.cost_usd),
        "by_provider": _costs(about.total.providers),
        "by_strategy": _costs(about.total.strategies),
        "timeline": [
            {"date": start, "cost": _usd(found.total.cost_usd)}
            for start, found in about.parts.items()
        ],
    }


def _about(period: Period, granularity: Granularity = Granularity.DAY) -> Analysis:
    return Analysis(scope.of(current_user()), period, granularity)


def _orders(groups: Mapping[str, Share]) -> dict[str, int]:
    return {name: share.orders for name, share in sorted(groups.items()) if share.orders}


def _costs(groups: Mapping[str, Share]) -> dict[str, float]:
    return {name: _usd(share.cost_usd) for name, share in sorted(groups.items())}


def _usd(value: float) -> float:
    return round(value, 6)
