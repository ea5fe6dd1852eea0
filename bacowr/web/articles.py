"""A person's part in an article: editing with a live check, deciding, versions, sending back."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import BacowrError, Conflict, Invalid
from bacowr.engine.article.difference import difference
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, service
from bacowr.jobs.articles import checking, editing, settling, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, DocumentKind
from bacowr.jobs.texts import Document
from bacowr.web import htmx, pages, reviews
from bacowr.web.pages import Told, back_to
from bacowr.web.reviews import Compared, Evidence

bp = Blueprint("articles", __name__)


@dataclass(frozen=True)
class Typed:
    """A text in the editor: what the checks say of it, and why it was not taken, if it wasn't."""

    text: str
    evidence: Evidence | None = None
    meanwhile: Compared | None = None
    error: BacowrError | None = None


@bp.get("/jobs/<job_id>/edit")
@needs(Permission.JOBS_EDIT)
def edit(job_id: str) -> str:
    """Show the latest version to be edited; without one, an empty text or the skeleton's."""
    job = _open_job(job_id)
    latest = versions.latest(job)
    text = latest.text if latest else _beginning(job)
    evidence = _evidence(job, text) if text.strip() else None
    return _editor(job, latest, Typed(text, evidence))


@bp.post("/jobs/<job_id>/check")
@needs(Permission.JOBS_EDIT)
def check(job_id: str) -> str:
    """Check a text that is being typed, without storing it; htmx gets the evidence alone."""
    job, text = _open_job(job_id), request.form.get("markdown", "")
    evidence = _evidence(job, text) if text.strip() else None
    if htmx.is_partial():
        return render_template("jobs/_checked.html", job=job, evidence=evidence)
    return _editor(job, versions.latest(job), Typed(text, evidence))


@bp.post("/jobs/<job_id>/edit")
@needs(Permission.JOBS_EDIT)
def save(job_id: str) -> ResponseReturnValue:
    """Store a text as the next version; when somebody was faster, keep it on the page."""
    job, text = _job(job_id), request.form.get("markdown", "")
    base_id, note = request.form.get("base_id") or None, request.form.get("note")
    try:
        editing.save(job, text, base_id=base_id, by=current_user(), note=note)
    except (Conflict, Invalid) as error:
        return _refused(job, text, base_id, error)
    return htmx.go(_came_from(job_id))


@bp.post("/jobs/<job_id>/decide")
@needs(Permission.JOBS_EDIT)
def decide(job_id: str) -> ResponseReturnValue:
    """Accept a finding, ignore it with a reason, or take the decision back."""
    job, wanted = _job(job_id), request.form.get("decision", "")
    try:
        decision = Decision(wanted) if wanted else None
    except ValueError as error:
        raise Invalid("A finding is accepted or ignored.") from error
    key, reason = request.form.get("finding", ""), request.form.get("reason")
    try:
        editing.decide(job, key, decision, reason=reason, by=current_user())
    except Invalid as error:
        told = Told({f"reason-{key}": error.fields.get("reason", [error.message])})
        return pages.job_page(job_id, "article", told), error.status
    return back_to(job_id, "article")


@bp.post("/jobs/<job_id>/versions")
@needs(Permission.JOBS_EDIT)
def take_again(job_id: str) -> ResponseReturnValue:
    """Store an earlier version's text as the next version."""
    job = _job(job_id)
    earlier = versions.get(job, request.form.get("document_id", ""))
    note = f"Version {earlier.version} taken again."
    base_id = request.form.get("base_id") or None
    editing.save(job, earlier.text, base_id=base_id, by=current_user(), note=note)
    return back_to(job_id, "versions")


@bp.post("/jobs/<job_id>/repairs")
@needs(Permission.JOBS_EDIT)
def take_repair(job_id: str) -> ResponseReturnValue:
    """Store the text as a proposed repair would have it."""
    job = _job(job_id)
    latest = versions.latest(job)
    number = request.form.get("number", "")
    offered = reviews.proposals(job, queries.outputs_of(job), latest) if latest else {}
    text = offered.get(int(number)) if number.isdecimal() else None
    if text is None:
        raise Conflict("The text has changed, so that this repair doesn't fit it any more.")
    base_id = request.form.get("base_id") or None
    note = "A proposed repair was taken."
    editing.save(job, text, base_id=base_id, by=current_user(), note=note)
    return back_to(job_id, "article")


@bp.post("/jobs/<job_id>/send-back")
@needs(Permission.JOBS_RETRY)
def send_back(job_id: str) -> ResponseReturnValue:
    """Have the article written anew, with a note for the writer."""
    job = _job(job_id)
    wish = " ".join(request.form.get("wish", "").split())
    if len(wish) > editing.LONGEST_NOTE:
        raise Invalid(f"A note has at most {editing.LONGEST_NOTE} characters.")
    service.send_back(job, by=current_user(), wish=wish or None)
    return htmx.go(_address(job_id))


def _job(job_id: str) -> Job:
    return queries.get(job_id, owner=current_user())


def _open_job(job_id: str) -> Job:
    job = _job(job_id)
    settling.require_open(job)
    return job


def _came_from(job_id: str) -> str:
    """Give the page of this site that the editor was opened from; by default the article's."""
    asked = request.args.get("next")
    return htmx.safe_next(asked) if asked else _address(job_id)


def _address(job_id: str) -> str:
    return f"/jobs/{job_id}?view=article"


def _beginning(job: Job) -> str:
    """Begin with the skeleton's title and headings when that is asked for."""
    if request.args.get("from") != DocumentKind.SKELETON:
        return ""
    found = (each for each in queries.documents_of(job) if each.kind is DocumentKind.SKELETON)
    skeleton = next(found, None)
    if skeleton is None:
        return ""
    headings = [f"## {each['heading']}" for each in skeleton.data["sections"]]
    return "\n\n".join([f"# {skeleton.data['title']}", *headings]) + "\n"


def _evidence(job: Job, text: str) -> Evidence:
    article = editing.draft_of(job, text, by=current_user())
    report = checking.check(job, article, checking.decisions_of(job))
    if report is None:
        raise Conflict(editing.NO_MATERIAL)
    return reviews.evidence_of(report)


def _editor(job: Job, latest: Document | None, typed: Typed) -> str:
    note = request.form.get("note", "")
    back = _came_from(job.id)
    return render_template(
        "jobs/edit.html", job=job, latest=latest, typed=typed, note=note, back=back
    )


def _refused(job: Job, text: str, base_id: str | None, error: BacowrError) -> ResponseReturnValue:
    """Keep what was typed on the page, beside what somebody else has saved meanwhile."""
    latest, meanwhile = versions.latest(job), None
    if isinstance(error, Conflict) and latest is not None and latest.id != base_id:
        known = next((each for each in versions.of(job) if each.id == base_id), None)
        changed = difference(known.text if known else "", latest.text)
        meanwhile = Compared(known or latest, latest, changed)
    return _editor(job, latest, Typed(text, None, meanwhile, error)), error.status
