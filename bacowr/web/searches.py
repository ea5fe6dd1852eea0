"""Search results that a person brings for an order, and researching it again with them."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.engine.ports import Query
from bacowr.engine.record import Serp
from bacowr.engine.research import serp_upload
from bacowr.engine.shapes import from_json
from bacowr.engine.steps.step import Stage
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, service
from bacowr.jobs.models import Job
from bacowr.providers import searches
from bacowr.web import pages
from bacowr.web.pages import Told, back_to

bp = Blueprint("searches", __name__)


@bp.post("/jobs/<job_id>/searches")
@needs(Permission.JOBS_EDIT)
def bring(job_id: str) -> ResponseReturnValue:
    """Take pasted or uploaded results for one of the order's searches, or say which lines fail."""
    user = current_user()
    job = queries.get(job_id, owner=user)
    upload = request.files.get("file")
    given = upload.read() if upload else b""
    try:
        brought = serp_upload.parse(given or request.form.get("results", ""))
        row = searches.bring(job.id, _query(job), brought.hits, by=user)
    except Invalid as error:
        told = Told(error.fields or {"results": [error.message]}, request.form)
        return pages.job_page(job_id, "searches", told), error.status
    if brought.unreadable:
        lines = [f"Line {each.line}: {each.reason}" for each in brought.unreadable]
        told = Told({"left_out": [f"{len(row.hits)} results were taken.", *lines]})
        return pages.job_page(job_id, "searches", told)
    return back_to(job_id, "searches")


@bp.post("/jobs/<job_id>/searches/<search_id>/withdraw")
@needs(Permission.JOBS_EDIT)
def withdraw(job_id: str, search_id: str) -> ResponseReturnValue:
    """Take results back that were brought."""
    user = current_user()
    job = queries.get(job_id, owner=user)
    searches.withdraw(search_id, job_id=job.id, by=user)
    return back_to(job_id, "searches")


@bp.post("/jobs/<job_id>/research")
@needs(Permission.JOBS_RETRY)
def research(job_id: str) -> ResponseReturnValue:
    """Have the searches, and all that rests on them, carried out anew."""
    user = current_user()
    service.research_again(queries.get(job_id, owner=user), by=user)
    flash("The order is researched again.")
    return back_to(job_id)


def _query(job: Job) -> Query:
    """Return the search that the results are for; the main one when none is named."""
    wanted = request.form.get("query", "")
    output = queries.get_step(job, Stage.SERP).output
    plan = from_json(Serp, output).plan if output else None
    planned = [plan.main, *plan.cluster] if plan else []
    found = next((each for each in planned if each and each.text == wanted), None)
    return found or Query(searches.MAIN, job.language or "", job.country)
