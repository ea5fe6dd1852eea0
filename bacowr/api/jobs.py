"""Orders: place one, follow it, withdraw it, and read what came of it."""

import re
from typing import Any

from flask import Response, current_app, request, url_for
from marshmallow import ValidationError, fields, validate

from bacowr.accounts import preferences
from bacowr.accounts.permissions import Permission
from bacowr.api import examples, lists
from bacowr.api.arguments import read_object
from bacowr.api.lists import PagingSchema, Rows
from bacowr.api.openapi import Blueprint
from bacowr.base import paging
from bacowr.base.errors import Invalid, NotFound
from bacowr.base.http import Outgoing
from bacowr.base.paging import MAX_PAGE_SIZE, Page
from bacowr.batches import deleting
from bacowr.engine.order import parse_order
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, service
from bacowr.jobs.articles import results
from bacowr.jobs.articles.results import FullDetail
from bacowr.jobs.models import IDEMPOTENCY_KEY_LENGTH, Job
from bacowr.jobs.money.expected import Wish, expected
from bacowr.jobs.schemas import (
    DocumentSchema,
    JobDetailSchema,
    JobSchema,
    NewJobSchema,
    parse_statuses,
)
from bacowr.jobs.states import DocumentKind
from bacowr.jobs.texts import Document

LONGEST_SEARCH = 200
IDEMPOTENCY_KEY = "Idempotency-Key"
MARKDOWN = "text/markdown"
JSON = "application/json"
KINDS = ", ".join(DocumentKind)

ORDER_BODY = {
    "required": True,
    "content": {JSON: {"schema": NewJobSchema, "example": examples.ORDER}},
}
KEY_HEADER = {
    "in": "header",
    "name": IDEMPOTENCY_KEY,
    "description": "Your own name for this order. Sent again with it, the same order gives the job"
    " that exists; another order is a conflict.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_KEY_LENGTH,
        "pattern": r"^[!-~]+$",
    },
}
FORMAT = {
    "in": "query",
    "name": "format",
    "description": "Overrules the Accept header.",
    "schema": {"type": "string", "enum": ["json", "markdown"]},
}
LOCATION = {"Location": {"description": "The job's address.", "schema": {"type": "string"}}}
JOB_ID = [{"in": "path", "name": "job_id", "description": "The job's id."}]

_key = re.compile(rf"[!-~]{{1,{IDEMPOTENCY_KEY_LENGTH}}}")
_rows = Rows(JobSchema)
_document = DocumentSchema()

bp = Blueprint(
    "api_jobs", __name__, url_prefix="/api/v1/jobs", description="Orders and what came of them."
)


class Statuses(fields.Field[Any]):
    """A comma list of statuses, in any case."""

    def _deserialize(self, value: object, *_args: object, **_kwargs: object) -> object:
        try:
            return parse_statuses(str(value))
        except Invalid as error:
            raise ValidationError(error.message) from error


class JobQuerySchema(PagingSchema):
    """Which jobs, and which page of them."""

    status = Statuses(
        metadata={
            "type": "string",
            "description": "Only jobs in one of these statuses, separated by commas.",
            "example": "pending,processing",
        }
    )
    search = fields.String(
        validate=[
            validate.Length(max=LONGEST_SEARCH),
            validate.Regexp(r"^[^\x00-\x1f]*$", error="Must not hold control characters."),
        ],
        metadata={"description": "A part of the publisher, the target or the anchor."},
    )


@bp.route("")
@bp.arguments(JobQuerySchema, location="query")
@bp.response(200, lists.schema_of(JobSchema), example=examples.JOB_LIST)
@needs(Permission.JOBS_READ)
def list_jobs(query: dict[str, Any]) -> Response:
    """List your jobs, newest first."""
    narrowed = {"statuses": query.get("status", ()), "search": query.get("search", "")}
    owner = current_user()
    page = paging.paginate(
        queries.owned_by(owner, **narrowed),
        page=query["page"],
        page_size=query["page_size"],
        total=queries.count_owned_by(owner, **narrowed),
    )
    return lists.answer(page, _rows.dump(page.items))


@bp.route("", methods=["POST"])
@bp.doc(requestBody=ORDER_BODY, parameters=[KEY_HEADER])
@bp.response(
    201,
    JobSchema,
    description="The job, which waits for a worker.",
    headers=LOCATION,
    example=examples.JOB,
)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_CREATE)
def create_job() -> tuple[Job, dict[str, str]]:
    """Order an article.

    The work is done in the background: ask for the job until its status is neither `pending` nor
    `processing`. Without a language model the result is a brief, never a made-up article.
    """
    key = _idempotency_key()
    settings = current_app.extensions["settings"]
    outgoing = Outgoing(allow_hosts=settings.fetch_allow_hosts)
    fields = preferences.filled_in(current_user(), read_object(request))
    order = parse_order(fields, outgoing=outgoing)
    cost = expected(Wish.of(order), installation.own_equipment()).cost_usd
    owner = current_user()
    job = service.create(order, owner=owner, idempotency_key=key, estimated_cost_usd=cost)
    return job, {"Location": url_for(".get_job", job_id=job.id)}


@bp.route("/<id:job_id>", parameters=JOB_ID)
@bp.response(200, JobDetailSchema)
@needs(Permission.JOBS_READ)
def get_job(job_id: str) -> FullDetail:
    """Show a job with its steps, its documents, its article and what it used up."""
    return results.detail(job_id, owner=current_user())


@bp.route("/<id:job_id>", parameters=JOB_ID, methods=["DELETE"])
@bp.response(204)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_DELETE)
def delete_job(job_id: str) -> None:
    """Take a job out of sight for good; one that waits is withdrawn first.

    What it cost still counts. A conflict while a worker runs it, and for a job that belongs to a
    batch, carries a signature or stands behind a deal of the library.
    """
    owner = current_user()
    deleting.delete(queries.get(job_id, owner=owner), by=owner)


@bp.route("/<id:job_id>/cancel", parameters=JOB_ID, methods=["POST"])
@bp.response(200, JobSchema, example=examples.CANCELED)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_CANCEL)
def cancel_job(job_id: str) -> Job:
    """Withdraw a job that has not ended.

    A worker that runs it finishes its step and stops.
    """
    owner = current_user()
    job = queries.get(job_id, owner=owner)
    service.cancel(job, by=owner)
    return job


@bp.route("/<id:job_id>/retry", parameters=JOB_ID, methods=["POST"])
@bp.response(200, JobSchema, example=examples.JOB)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_RETRY)
def retry_job(job_id: str) -> Job:
    """Send a job that was aborted or canceled on its way again.

    Finished steps are not repeated.
    """
    owner = current_user()
    job = queries.get(job_id, owner=owner)
    service.retry(job, by=owner)
    return job


@bp.route("/<id:job_id>/documents", parameters=JOB_ID)
@bp.response(200, lists.schema_of(DocumentSchema))
@needs(Permission.JOBS_READ)
def list_job_documents(job_id: str) -> Response:
    """List the latest document of each kind that came of a job; all of them on one page."""
    found = queries.documents_of(queries.get(job_id, owner=current_user()))
    page = Page(found, len(found), 1, MAX_PAGE_SIZE)
    return lists.answer(page, _document.dump(found, many=True))


@bp.route(f"/<id:job_id>/documents/<any({KINDS}):kind>", parameters=JOB_ID)
@bp.doc(parameters=[FORMAT])
@bp.response(200, DocumentSchema)
@bp.alt_response(200, schema={"type": "string"}, content_type=MARKDOWN)
@needs(Permission.JOBS_READ)
def get_job_document(job_id: str, kind: str) -> Document | Response:
    """Show the latest document of a kind, as JSON or as Markdown."""
    found = queries.documents_of(queries.get(job_id, owner=current_user()))
    document = next((each for each in found if each.kind == kind), None)
    if document is None:
        raise NotFound(f"This job has no {kind}.")
    if _wanted_format() == "json":
        return document
    return Response(document.text, mimetype=MARKDOWN, headers={"Vary": "Accept"})


def _idempotency_key() -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is not None and not _key.fullmatch(key):
        text = f"Must be 1 to {IDEMPOTENCY_KEY_LENGTH} visible ASCII characters."
        raise Invalid("The idempotency key can't be taken.", fields={IDEMPOTENCY_KEY: [text]})
    return key


def _wanted_format() -> str:
    wanted = request.args.get("format")
    if wanted is None:
        best = request.accept_mimetypes.best_match([JSON, MARKDOWN], JSON)
        return "markdown" if best == MARKDOWN else "json"
    if wanted not in FORMAT["schema"]["enum"]:  # type: ignore[index]  # A literal of ours.
        raise Invalid("Unknown format.", fields={"format": ["Choose json or markdown."]})
    return wanted
