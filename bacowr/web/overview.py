"""What a signed-in person sees first: what waits for somebody, and the last 30 days."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for

from bacowr.accounts.permissions import Permission
from bacowr.analytics import overview, scope
from bacowr.analytics.analysis import Analysis
from bacowr.analytics.figures import Figures
from bacowr.analytics.periods import Period
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.engine.outcome import BlockReason
from bacowr.engine.watch.standing import WatchStatus
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.states import JobStatus
from bacowr.web import batchwords, figures

DAYS = 30

bp = Blueprint("overview", __name__)


@dataclass(frozen=True)
class Need:
    """Something that waits for somebody: how much of it, in words, and where it is."""

    count: int
    words: str
    more: str
    icon: str
    tone: str
    url: str


@bp.get("/overview")
@needs(Permission.ANALYTICS_READ)
def show() -> str:
    """Show what waits for somebody, what runs, and the last 30 days in figures."""
    user = current_user()
    span = Period.last(DAYS, today=clock.now().date())
    about = Analysis(scope.of(user), span, span.usual)
    before = Analysis(about.scope, span.before, span.usual)
    desk = overview.desk(user)
    latest = db.session.scalars(overview.latest_orders(user)).all()
    return render_template(
        "overview/index.html",
        needs=_needs(about, desk),
        desk=desk,
        about=about,
        before=before,
        latest=latest,
        charts=(figures.orders_chart(about), figures.costs_chart(about)),
        figures=figures,
        batchwords=batchwords,
        is_new=not latest and not about.health.total,
    )


def _needs(about: Analysis, desk: overview.Desk) -> list[Need]:
    """List what waits for somebody, the most pressing first."""
    return [each for each in (*_reviews(desk), *_orders(about.total), *_links(about)) if each.count]


def _reviews(desk: overview.Desk) -> list[Need]:
    return [
        Need(
            each.left,
            "to review",
            each.batch.name,
            "layout-list",
            "busy",
            url_for("web.review.show", batch_id=each.batch.id),
        )
        for each in desk.reviews
    ]


def _orders(total: Figures) -> list[Need]:
    unsigned = total.reasons[BlockReason.NEEDS_SIGNOFF]
    blocked = total.statuses[JobStatus.BLOCKED]
    failed = total.statuses[JobStatus.ABORTED]
    to_blocked = url_for("web.jobs.index", status=JobStatus.BLOCKED)
    return [
        Need(unsigned, "to sign", "Written; a person has to accept it", "user", "warn", to_blocked),
        Need(
            blocked - unsigned,
            "blocked",
            "Something must be mended first",
            "ban",
            "bad",
            to_blocked,
        ),
        Need(
            failed,
            "failed",
            "Came to nothing; can be tried again",
            "circle-x",
            "bad",
            url_for("web.jobs.index", status=JobStatus.ABORTED),
        ),
    ]


def _links(about: Analysis) -> list[Need]:
    health = about.health
    faulty = health.watches.get(WatchStatus.FAULTY, 0)
    to_faulty = url_for("web.watch.index", status=WatchStatus.FAULTY)
    to_expiring = url_for("web.backlinks.index", expires_within=30, sort="expires")
    return [
        Need(
            faulty,
            "links at fault" if faulty != 1 else "link at fault",
            "Lost, or not as agreed",
            "link",
            "bad",
            to_faulty,
        ),
        Need(
            health.expiring,
            "links expire" if health.expiring != 1 else "link expires",
            "Within 30 days",
            "clock",
            "warn",
            to_expiring,
        ),
    ]
