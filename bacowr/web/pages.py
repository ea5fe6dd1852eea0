"""An order's page, whichever part of it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.engine.record import Serp
from bacowr.engine.shapes import from_json
from bacowr.engine.steps.step import Stage
from bacowr.engine.steps.write import NO_WRITER
from bacowr.gate import installation
from bacowr.gate.identity import current_user
from bacowr.jobs import queries
from bacowr.jobs.money import costs, expected, holding
from bacowr.jobs.money.caps import Standing
from bacowr.jobs.money.expected import Expected, Wish
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.spending import ModelCall
from bacowr.providers import queries as services
from bacowr.providers.models import StoredSearch
from bacowr.web import documents, htmx, reviews
from bacowr.web.documents import Shown, View


@dataclass(frozen=True)
class Told:
    """What a form that was refused is shown again with: what is wrong, and what was written."""

    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Searches:
    """The searches of an order, what came of them, and what a person brought."""

    serp: Serp
    brought: Sequence[StoredSearch]


@dataclass(frozen=True)
class Money:
    """What an order has cost, and what writing it again is expected to."""

    calls: Sequence[ModelCall]
    again: Expected
    standings: Sequence[Standing]
    paragraph_usd: float | None = None


def job_page(job_id: str, view: str = "", told: Told | None = None) -> str:
    """Render an order's page, or for htmx the order alone; raise NotFound for any other's."""
    detail = queries.detail(job_id, owner=current_user())
    shown = documents.shown(detail, view or request.args.get("view", ""))
    template = "jobs/_part.html" if htmx.is_partial() else "jobs/show.html"
    return render_template(
        template,
        detail=detail,
        job=detail.job,
        shown=shown,
        room=_room(detail, shown) if shown else None,
        money=_money(detail),
        unwritten=_unwritten(detail),
        told=told or Told(),
    )


def back_to(job_id: str, view: str = "") -> ResponseReturnValue:
    """Show the order after something was done: at once to htmx, by its address to a browser."""
    if htmx.is_partial():
        return job_page(job_id, view)
    return htmx.go(url_for("web.jobs.show", job_id=job_id, view=view or None))


def _room(detail: JobDetail, shown: Shown) -> object:
    match shown.view:
        case View.ARTICLE if not shown.is_older:
            return reviews.review(detail, shown)
        case View.VERSIONS:
            return reviews.compare(
                detail.job, request.args.get("before", ""), request.args.get("after", "")
            )
        case View.SIGN:
            return reviews.sign_off(detail, shown)
        case View.SEARCHES:
            return _searches(detail)
        case _:
            return None


def _unwritten(detail: JobDetail) -> str | None:
    """Say why nobody has written, when the step that writes has run and told."""
    step = next((each for each in detail.steps if each.name == Stage.WRITE), None)
    told = step.output if step and step.output else {}
    is_news = told.get("reason") == NO_WRITER and not detail.job.brief_only
    return str(told["message"]) if is_news and told.get("message") else None


def _searches(detail: JobDetail) -> Searches:
    output = next(each.output for each in detail.steps if each.name == Stage.SERP)
    return Searches(from_json(Serp, output or {}), services.brought_for(detail.job.id))


def _money(detail: JobDetail) -> Money:
    equipment = installation.own_equipment()
    again = expected.expected(Wish.of(detail.job.order), equipment)
    return Money(
        calls=costs.calls_of(detail.job),
        again=again,
        standings=holding.standings(detail.job, equipment.caps),
        paragraph_usd=again.paragraph_usd,
    )
