"""Orders: the list, a new one, one under way, and what came of it."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts import preferences
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.base.http import Outgoing
from bacowr.base.paging import paginate
from bacowr.base.types import new_id
from bacowr.batches import deleting
from bacowr.engine.order import Order, parse_order
from bacowr.gate import installation
from bacowr.gate.guard import needs, public
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, sample, service
from bacowr.jobs.money import expected
from bacowr.jobs.money.expected import Wish
from bacowr.web import choices, estimates, htmx
from bacowr.web.listing import Listing
from bacowr.web.pages import back_to, job_page

bp = Blueprint("jobs", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Go to the overview."""
    return htmx.go(url_for("web.overview.show"))


@bp.get("/jobs")
@needs(Permission.JOBS_READ)
def index() -> str:
    """List the person's orders, newest first."""
    listing, user = Listing.read(request.args), current_user()
    statuses, search = listing.statuses, listing.search
    total = queries.count_owned_by(user, statuses=statuses, search=search)
    page = paginate(
        queries.owned_by(user, statuses=statuses, search=search),
        page=listing.within(total),
        page_size=listing.page_size,
        total=total,
    )
    template = "jobs/_table.html" if htmx.is_partial() else "jobs/index.html"
    kinds = queries.kinds_of([job.id for job in page.items])
    return render_template(template, page=page, listing=listing, kinds=kinds)


@bp.get("/jobs/new")
@needs(Permission.JOBS_CREATE)
def new() -> str:
    """Show an order with the person's defaults; one that is to be ordered again comes filled in."""
    return _form(preferences.filled_in(current_user(), request.args.to_dict()))


@bp.post("/jobs")
@needs(Permission.JOBS_CREATE)
def create() -> ResponseReturnValue:
    """Take an order and go to it."""
    outgoing = Outgoing(current_app.extensions["settings"].fetch_allow_hosts)
    try:
        order = parse_order(request.form, outgoing=outgoing)
    except Invalid as error:
        return _form(request.form, error), error.status
    told = expected.expected(Wish.of(order), installation.own_equipment())
    job = service.create(
        order,
        owner=current_user(),
        idempotency_key=_key(order),
        estimated_cost_usd=told.cost_usd,
    )
    return htmx.go(url_for("web.jobs.show", job_id=job.id))


@bp.post("/jobs/sample")
@needs(Permission.JOBS_CREATE)
def create_sample() -> ResponseReturnValue:
    """Order the sample, which runs on pages that come with the product, and go to it."""
    job = sample.create(owner=current_user())
    return htmx.go(url_for("web.jobs.show", job_id=job.id))


@bp.get("/jobs/<job_id>")
@needs(Permission.JOBS_READ)
def show(job_id: str) -> ResponseReturnValue:
    """Show an order; while it is under way, htmx asks again and is told only what is new."""
    if _is_known(job_id):
        return "", HTTPStatus.NO_CONTENT
    return job_page(job_id)


@bp.post("/jobs/<job_id>/cancel")
@needs(Permission.JOBS_CANCEL)
def cancel(job_id: str) -> ResponseReturnValue:
    """Withdraw an order that has not ended."""
    user = current_user()
    service.cancel(queries.get(job_id, owner=user), by=user)
    return back_to(job_id)


@bp.post("/jobs/<job_id>/retry")
@needs(Permission.JOBS_RETRY)
def retry(job_id: str) -> ResponseReturnValue:
    """Send an order that was aborted or canceled on its way again."""
    user = current_user()
    service.retry(queries.get(job_id, owner=user), by=user)
    return back_to(job_id)


@bp.post("/jobs/<job_id>/delete")
@needs(Permission.JOBS_DELETE)
def delete(job_id: str) -> ResponseReturnValue:
    """Take an order out of sight for good."""
    user = current_user()
    deleting.delete(queries.get(job_id, owner=user), by=user)
    flash("The order was deleted.")
    return htmx.go(url_for("web.jobs.index"))


def _is_known(job_id: str) -> bool:
    """Tell whether htmx has seen all there is to see of the order."""
    version = request.args.get("version")
    if not htmx.is_partial() or version is None:
        return False
    return str(queries.get(job_id, owner=current_user()).version) == version


def _key(order: Order) -> str | None:
    """Name what was sent: the same form with the same words is one order, however often sent."""
    form_id = request.form.get("form_id")
    return hashlib.sha256(f"{form_id} {order}".encode()).hexdigest() if form_id else None


def _form(values: Mapping[str, str], error: Invalid | None = None) -> str:
    return render_template(
        "jobs/new.html",
        values=values,
        form_id=values.get("form_id") or new_id(),
        errors=error.fields if error else {},
        offer=estimates.offer(values),
        languages=choices.languages(values.get("language", "")),
        countries=choices.countries(values.get("country", "")),
        services_url=_services_url(),
    )


def _services_url() -> str | None:
    """Return where language models are connected; None while there is no such page."""
    known = "web.services.index" in current_app.view_functions
    return url_for("web.services.index") if known else None
