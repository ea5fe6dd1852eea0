"""Passages of an article: comments on them, and single paragraphs written anew."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Conflict, Invalid
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries
from bacowr.jobs.articles import comments, rewriting, versions
from bacowr.jobs.money import asking
from bacowr.web import htmx
from bacowr.web.pages import back_to

LONGEST_PLACE = 6

bp = Blueprint("passages", __name__)


@bp.post("/jobs/<job_id>/comments")
@needs(Permission.JOBS_EDIT)
def comment(job_id: str) -> ResponseReturnValue:
    """Say something of a passage of one version."""
    job = queries.get(job_id, owner=current_user())
    document = versions.get(job, request.form.get("base_id", ""))
    quote, text = request.form.get("quote", ""), request.form.get("comment", "")
    passage = comments.passage_at(document.text, _at(), quote)
    comments.add(job, document.id, passage, text, by=current_user())
    return _done(job_id)


@bp.post("/jobs/<job_id>/comments/<comment_id>")
@needs(Permission.JOBS_EDIT)
def resolve(job_id: str, comment_id: str) -> ResponseReturnValue:
    """Say that a comment is taken care of, or isn't after all."""
    job = queries.get(job_id, owner=current_user())
    is_resolved = request.form.get("done") != "no"
    comments.resolve(job, comment_id, by=current_user(), is_resolved=is_resolved)
    return _done(job_id)


@bp.post("/jobs/<job_id>/paragraph")
@needs(Permission.JOBS_RETRY)
def rewrite(job_id: str) -> ResponseReturnValue:
    """Have one paragraph written anew as the next version; the writer is asked at once."""
    job, equipment = queries.get(job_id, owner=current_user()), installation.equipment()
    note = request.form.get("note", "")
    base_id = request.form.get("base_id", "")
    made = rewriting.prepare(job, base_id=base_id, at=_at(), note=note)
    writer, reason, prices = equipment.writer_of(job)
    if writer is None:
        raise Conflict(reason or "Nobody is connected who could write it.")
    written = asking.ask(job, made.prompt, writer, prices, caps=equipment.caps)
    rewriting.store(job, made, written, by=current_user())
    return _done(job_id, "versions")


def _at() -> int:
    text = request.form.get("at", "")
    if not text.isdecimal() or len(text) > LONGEST_PLACE:
        raise Invalid("Select a passage.")
    return int(text)


def _done(job_id: str, view: str = "article") -> ResponseReturnValue:
    return Response(status=204) if htmx.is_partial() else back_to(job_id, view)
