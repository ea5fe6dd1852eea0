"""Published links: what changed, what each check found, and a look at once."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base import clock, paging
from bacowr.engine.watch.standing import WatchStatus
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.watch import queries, service
from bacowr.watch.models import LinkWatch
from bacowr.web import htmx
from bacowr.web.wording import Sign

bp = Blueprint("watch", __name__, url_prefix="/watch")

PAGE_SIZE = 50
NEWS = timedelta(hours=24)
STATUSES = {
    WatchStatus.FAULTY: Sign("Faulty", "circle-x", "bad"),
    WatchStatus.SUSPECT: Sign("Suspect", "alert-triangle", "warn"),
    WatchStatus.UNKNOWN: Sign("Unknown", "help-circle", "warn"),
    WatchStatus.OK: Sign("As agreed", "circle-check", "ok"),
    WatchStatus.WAITING: Sign("Not checked", "hourglass", "idle"),
    WatchStatus.ENDED: Sign("Ended", "ban", "idle"),
}


@bp.get("")
@needs(Permission.WATCH_READ)
def index() -> str:
    """Show what changed since yesterday, and every link that is watched."""
    template = "watch/_table.html" if htmx.is_partial() else "watch/index.html"
    return render_template(template, **_listed())


@bp.get("/<watch_id>")
@needs(Permission.WATCH_READ)
def show(watch_id: str) -> str:
    """Show one link: how it stands, and what every check of it found."""
    watch = queries.get(watch_id, owner=current_user())
    template = "watch/_watch.html" if htmx.is_partial() else "watch/show.html"
    return render_template(template, **_told(watch))


@bp.post("/<watch_id>/check")
@needs(Permission.WATCH_CHECK)
def check(watch_id: str) -> ResponseReturnValue:
    """Have a link looked at as soon as a worker is free."""
    watch = queries.get(watch_id, owner=current_user())
    service.ask(watch, by=current_user())
    if htmx.is_partial():
        return render_template("watch/_watch.html", **_told(watch))
    return htmx.go(url_for("web.watch.show", watch_id=watch.id))


@bp.post("/<watch_id>/<any(pause, resume):verb>")
@needs(Permission.WATCH_CHECK)
def move(watch_id: str, verb: str) -> ResponseReturnValue:
    """Leave a link alone for a while, or look at it again."""
    user = current_user()
    watch = queries.get(watch_id, owner=user)
    (service.pause if verb == "pause" else service.resume)(watch, by=user)
    if htmx.is_partial():
        return render_template("watch/_watch.html", **_told(watch))
    return htmx.go(url_for("web.watch.show", watch_id=watch.id))


def _listed() -> dict[str, Any]:
    user, since = current_user(), clock.now() - NEWS
    counts = queries.counts_of(user)
    named = request.args.get("status", "")
    status = WatchStatus(named) if named in set(WatchStatus) else None
    search = request.args.get("q", "").strip()
    number = max(1, request.args.get("page", 1, type=int))
    found = queries.owned_by(user, status=status, search=search)
    page = paging.paginate(found, page=number, page_size=PAGE_SIZE, total=paging.count(found))
    return {
        "page": page,
        "counts": counts,
        "status": status,
        "search": search,
        "signs": STATUSES,
        "alerts": queries.alerts_since(user, since),
        "suspects": queries.suspect_since(user, since),
        "address": lambda turn: url_for("web.watch.index", page=turn, status=named, q=search),
    }


def _told(watch: LinkWatch) -> dict[str, Any]:
    due_at = watch.next_check_at
    return {
        "watch": watch,
        "deal": watch.backlink,
        "checks": queries.checks_of(watch),
        "alerts": queries.alerts_of(watch),
        "signs": STATUSES,
        "is_due": due_at is not None and due_at <= clock.now() and not watch.paused_at,
    }
