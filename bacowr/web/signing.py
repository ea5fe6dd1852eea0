"""Signing an article in the browser: the two checklists, one at a time."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries
from bacowr.jobs.articles import signing
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.states import SignoffStep
from bacowr.web import pages
from bacowr.web.pages import Told, back_to

LONGEST_NUMBER = 6

bp = Blueprint("signing", __name__)


@bp.post("/jobs/<job_id>/sign")
@needs(Permission.JOBS_SIGN)
def sign(job_id: str) -> ResponseReturnValue:
    """Sign one step of the latest version; a checklist that isn't complete is shown again."""
    user = current_user()
    job = queries.get(job_id, owner=user)
    try:
        step = SignoffStep(request.form.get("step", ""))
    except ValueError as error:
        raise Invalid("There is no such step.") from error
    signature = Signature(
        step=step,
        document_id=request.form.get("document_id", ""),
        diff_sha256=request.form.get("diff", ""),
        answers={each.key: each.key in request.form for each in signing.checklist(step)},
        seconds_spent=_seconds(request.form.get("seconds", "")),
    )
    try:
        signing.sign(job, signature, by=user)
    except Invalid as error:
        told = Told({f"{step}-{name}": texts for name, texts in error.fields.items()}, request.form)
        return pages.job_page(job_id, "sign", told), error.status
    return back_to(job_id, "sign")


def _seconds(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None
