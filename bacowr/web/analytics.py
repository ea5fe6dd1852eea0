"""Figures of orders, costs, quality and links: the page, and its tables to take out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.analytics import analysis, library, report, scope, tables
from bacowr.analytics.analysis import Analysis
from bacowr.analytics.periods import Granularity, Period
from bacowr.analytics.scope import Wanted
from bacowr.base import clock
from bacowr.base.errors import Invalid
from bacowr.engine.order import LlmProvider
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.web import figures

USUAL_DAYS = 30
SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}
LONGEST = 255

bp = Blueprint("analytics", __name__, url_prefix="/analytics")


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks for."""

    period: Period
    granularity: Granularity
    wanted: Wanted
    days: int | None
    by: str

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Asked":
        """Read an address; what makes no sense in it is as if it were not there."""
        today = clock.now().date()
        period = _between(arguments)
        text = arguments.get("days", "")
        days = int(text) if text in map(str, SPANS) else USUAL_DAYS
        span = period or Period.last(days, today=today)
        by = arguments.get("by", "")
        by = by if by in set(Granularity) else ""
        provider = arguments.get("provider", "")
        wanted = Wanted(
            campaign=arguments.get("campaign", "").strip()[:LONGEST],
            publisher=arguments.get("publisher", "").strip().lower()[:LONGEST],
            provider=provider if provider in set(LlmProvider) else "",
        )
        granularity = Granularity(by) if by else span.usual
        return cls(span, granularity, wanted, None if period else days, by)

    def url(self, endpoint: str, **more: Any) -> str:  # noqa: ANN401  # What an address holds.
        """Return the address of something about the same orders."""
        span: dict[str, Any] = {"days": self.days}
        if self.days is None:
            span = {"since": self.period.since, "until": self.period.until}
        wanted = self.wanted
        return url_for(
            endpoint,
            **span,
            by=self.by or None,
            campaign=wanted.campaign or None,
            publisher=wanted.publisher or None,
            provider=wanted.provider or None,
            **more,
        )

    def about(self, user: User) -> Analysis:
        """Give the figures that are asked for, as far as the person may see them."""
        return Analysis(scope.of(user, self.wanted), self.period, self.granularity)


@bp.get("")
@needs(Permission.ANALYTICS_READ)
def show() -> str:
    """Show the figures of a period."""
    asked = Asked.read(request.args)
    about = asked.about(current_user())
    return render_template(
        "analytics/index.html",
        asked=asked,
        about=about,
        spans=SPANS,
        providers=list(LlmProvider),
        granularities=list(Granularity),
        campaigns=library.names(about.scope),
        charts={
            "throughput": figures.orders_chart(about),
            "costs": figures.costs_chart(about),
            "scores": figures.scores_chart(about),
        },
        figures=figures,
    )


@bp.get("/<any(" + ", ".join(analysis.TABLES) + "):name>.csv")
@needs(Permission.ANALYTICS_READ)
def export(name: str) -> Response:
    """Take out one table as CSV."""
    table = Asked.read(request.args).about(current_user()).table(name)
    return _file("".join(tables.as_csv(table)), "text/csv", f"{name}.csv")


@bp.get("/report.<any(csv, json):kind>")
@needs(Permission.ANALYTICS_READ)
def campaign(kind: str) -> Response:
    """Take out the report on a campaign; without one, on everything."""
    asked = Asked.read(request.args)
    told = report.of(asked.about(current_user()))
    if kind == "json":
        text = json.dumps(told, ensure_ascii=False, indent=2)
        return _file(text, "application/json", "report.json")
    return _file("".join(report.as_csv(told)), "text/csv", "report.csv")


def _file(text: str, mimetype: str, name: str) -> Response:
    about = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype=mimetype, headers=about)


def _between(arguments: Mapping[str, str]) -> Period | None:
    try:
        since, until = (date.fromisoformat(arguments.get(each, "")) for each in ("since", "until"))
        return Period.between(since, until)
    except (ValueError, Invalid):
        return None
