"""A job's article: read it, edit it, check it, decide on what was found, sign it, take it away."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.api import examples, lists
from bacowr.api.jobs import JOB_ID
from bacowr.api.openapi import Blueprint
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.base.paging import MAX_PAGE_SIZE, Page
from bacowr.engine.shapes import Json
from bacowr.exports.handing_over import hand_over
from bacowr.exports.model import MEDIA_TYPES, Format
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, service
from bacowr.jobs.articles import checking, editing, results, signing, versions
from bacowr.jobs.articles.schemas import (
    UNDECIDED,
    ArticleSchema,
    DecisionSchema,
    EditSchema,
    ExecutionLogListSchema,
    NewSignoffSchema,
    NoteSchema,
    QcReportSchema,
    SigningSchema,
    SignoffSchema,
    TextSchema,
    VersionSchema,
)
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.models import Job
from bacowr.jobs.schemas import JobSchema
from bacowr.jobs.states import Decision, SignoffStep
from bacowr.jobs.texts import Document, Signoff

FORMATS = {
    "markdown": Format.MARKDOWN,
    "html": Format.HTML,
    "docx": Format.DOCX,
    "json": Format.JSON,
}
ETAG = {"ETag": {"description": "The version's id.", "schema": {"type": "string"}}}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The id of the version that was edited, in quotes, as `ETag` gave it.",
    "schema": {"type": "string", "maxLength": 38},
}
NO_ARTICLE = "This job has no article."

_version = VersionSchema()

bp = Blueprint(
    "api_articles",
    __name__,
    url_prefix="/api/v1/jobs/<id:job_id>",
    description="A job's article: its versions, what the checks say, and who signs.",
)


class ExportQuerySchema(Schema):
    """The kind of file that is wanted."""

    format = fields.String(
        load_default="markdown",
        validate=validate.OneOf(list(FORMATS)),
        metadata={"default": "markdown"},
    )


@bp.route("/article", parameters=JOB_ID)
@bp.response(200, ArticleSchema, headers=ETAG)
@needs(Permission.JOBS_READ)
def get_article(job_id: str) -> tuple[Document, Mapping[str, str]]:
    """Show the version of a job's article that counts."""
    document = _latest(_job(job_id))
    return document, {"ETag": f'"{document.id}"'}


@bp.route("/article", parameters=JOB_ID, methods=["PUT"])
@bp.doc(parameters=[IF_MATCH])
@bp.arguments(EditSchema)
@bp.response(200, ArticleSchema, headers=ETAG)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_EDIT)
def put_article(edit: dict[str, Any], job_id: str) -> tuple[Document, Mapping[str, str]]:
    """Store a text as the next version of a job's article.

    It is checked, and what was signed before is void. When somebody has stored a later version
    than the one you edited, nothing is stored and the answer is a conflict.
    """
    user, base_id = current_user(), _base_of(edit)
    document = editing.save(
        _job(job_id), edit["article"], base_id=base_id, by=user, note=edit["note"]
    )
    return document, {"ETag": f'"{document.id}"'}


@bp.route("/versions", parameters=JOB_ID)
@bp.response(200, lists.schema_of(VersionSchema))
@needs(Permission.JOBS_READ)
def list_versions(job_id: str) -> Response:
    """List every version of a job's article, the earliest first; all of them on one page."""
    found = versions.of(_job(job_id))
    page = Page(found, len(found), 1, MAX_PAGE_SIZE)
    return lists.answer(page, _version.dump(found, many=True))


@bp.route("/qc-report", parameters=JOB_ID)
@bp.response(200, QcReportSchema)
@needs(Permission.JOBS_READ)
def get_qc_report(job_id: str) -> Json:
    """Show what the checks last said of the version that counts."""
    job = _job(job_id)
    report = results.report_of(job, _latest(job))
    if report is None:
        raise NotFound("This version was never checked.")
    return report


@bp.route("/execution-log", parameters=JOB_ID)
@bp.response(200, ExecutionLogListSchema)
@needs(Permission.JOBS_READ)
def get_execution_log(job_id: str) -> Json:
    """Show what happened to a job, the earliest first."""
    job = _job(job_id)
    return {"job_id": job.id, "log_entries": queries.events_of(job)}


@bp.route("/check", parameters=JOB_ID, methods=["POST"])
@bp.arguments(TextSchema)
@bp.response(200, QcReportSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_EDIT)
def check_text(sent: dict[str, Any], job_id: str) -> Json:
    """Check a text as a version of a job's article; nothing is stored."""
    job = _job(job_id)
    decisions = checking.decisions_of(job)
    report = checking.check(job, editing.draft_of(job, sent["article"], by=None), decisions)
    if report is None:
        raise Conflict(editing.NO_MATERIAL)
    return results.told(report, decisions)


@bp.route("/findings/<id:finding_key>", parameters=JOB_ID, methods=["POST"])
@bp.arguments(DecisionSchema)
@bp.response(200, QcReportSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_EDIT)
def decide_finding(said: dict[str, Any], job_id: str, finding_key: str) -> Json:
    """Decide on a finding of the version that counts; its report is made anew."""
    job, user = _job(job_id), current_user()
    decision = None if said["decision"] == UNDECIDED else Decision(said["decision"])
    report = editing.decide(job, finding_key, decision, reason=said["reason"], by=user)
    return results.told(report, checking.decisions_of(job)) | {"document_id": _latest(job).id}


@bp.route("/signoffs", parameters=JOB_ID)
@bp.response(200, SigningSchema)
@needs(Permission.JOBS_READ)
def get_signoffs(job_id: str) -> Json:
    """Show what there is to sign and to answer for it, and what was signed."""
    job = _job(job_id)
    latest = versions.latest(job)
    report = checking.report_of(latest) if latest else None
    return {
        "version_id": latest.id if latest else None,
        "diff_sha256": signing.shown_digest(job, latest) if latest else None,
        "is_signed": signing.is_signed(job),
        "undecided": [each.key for each in signing.undecided(report)] if report else [],
        "checklists": {step.value: signing.checklist(step) for step in SignoffStep},
        "signoffs": signing.of(job),
    }


@bp.route("/signoffs", parameters=JOB_ID, methods=["POST"])
@bp.arguments(NewSignoffSchema)
@bp.response(201, SignoffSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_SIGN)
def sign_article(said: dict[str, Any], job_id: str) -> Signoff:
    """Accept the version that counts, in one of the two steps, in your own name.

    Any later edit voids it.
    """
    signature = Signature(document_id=said.pop("version_id"), **said)
    return signing.sign(_job(job_id), signature, by=current_user())


@bp.route("/regenerate", parameters=JOB_ID, methods=["POST"])
@bp.arguments(NoteSchema)
@bp.response(202, JobSchema, example=examples.JOB)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_EDIT)
def regenerate_article(said: dict[str, Any], job_id: str) -> Job:
    """Have a finished job written anew, and say what to do differently.

    Earlier versions stay; what was signed is void. It costs as much as the first time.
    """
    job = _job(job_id)
    wish = " ".join((said["note"] or "").split()) or None
    service.send_back(job, by=current_user(), wish=wish)
    return job


@bp.route("/export", parameters=JOB_ID)
@bp.arguments(ExportQuerySchema, location="query")
@bp.doc(
    responses={
        200: {
            "description": "The file.",
            "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
            "content": {media.partition(";")[0]: {"schema": {}} for media in MEDIA_TYPES.values()},
        }
    }
)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_READ)
def export_article(query: dict[str, Any], job_id: str) -> Response:
    """Take a signed article away as a file; one that isn't signed stays."""
    user = current_user()
    file = hand_over(_job(job_id), FORMATS[query["format"]], by=user)
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def _job(job_id: str) -> Job:
    return queries.get(job_id, owner=current_user())


def _latest(job: Job) -> Document:
    document = versions.latest(job)
    if document is None:
        raise NotFound(NO_ARTICLE)
    return document


def _base_of(edit: dict[str, Any]) -> str | None:
    """Return the version that was edited, by the body or by the header."""
    said: str | None = edit["base_version_id"]
    header = request.headers.get("If-Match", "").strip().strip('"') or None
    if said and header and said != header:
        text = "The body and If-Match name different versions."
        raise Invalid(text, fields={"base_version_id": [text]})
    return said or header
