"""Taking things to Google: the addresses that older clients know, without a connector behind."""

from typing import NoReturn

from marshmallow import Schema, fields
from werkzeug.exceptions import ServiceUnavailable

from bacowr.accounts.permissions import Permission
from bacowr.api.jobs import JOB_ID
from bacowr.api.openapi import Blueprint
from bacowr.batches import queries as batches
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries as jobs

BATCH_ID = [{"in": "path", "name": "batch_id", "description": "The batch's id."}]
NOT_CONNECTED = "Google is not connected to this installation, so nothing was sent there."
JOB_INSTEAD = "Take the article away as a file: GET /api/v1/jobs/{id}/export."
BATCH_INSTEAD = "Take the batch away as a file: POST /api/v1/batches/{id}/export."

bp = Blueprint(
    "api_exports",
    __name__,
    url_prefix="/api/v1/export",
    description="Taking things to Google; this installation has no connector for it.",
)


class GoogleStatusSchema(Schema):
    """Whether Google is connected."""

    configured = fields.Boolean(required=True)
    authenticated = fields.Boolean(required=True)
    detail = fields.String(required=True)


@bp.route("/jobs/<id:job_id>/google-sheets", parameters=JOB_ID, methods=["POST"])
@bp.alt_response(503, response="SERVICE_UNAVAILABLE")
@needs(Permission.JOBS_READ)
def export_job_to_sheets(job_id: str) -> None:
    """Answer 503 for a job that you may see: Google is not connected."""
    _refuse_job(job_id)


@bp.route("/jobs/<id:job_id>/google-docs", parameters=JOB_ID, methods=["POST"])
@bp.alt_response(503, response="SERVICE_UNAVAILABLE")
@needs(Permission.JOBS_READ)
def export_job_to_docs(job_id: str) -> None:
    """Answer 503 for a job that you may see: Google is not connected."""
    _refuse_job(job_id)


@bp.route("/batches/<id:batch_id>/google-sheets", parameters=BATCH_ID, methods=["POST"])
@bp.alt_response(503, response="SERVICE_UNAVAILABLE")
@needs(Permission.BATCHES_READ)
def export_batch_to_sheets(batch_id: str) -> None:
    """Answer 503 for a batch that you may see: Google is not connected."""
    batches.get(batch_id, owner=current_user())
    _refuse(BATCH_INSTEAD)


@bp.route("/google/auth/status")
@bp.response(200, GoogleStatusSchema)
@needs(Permission.SERVICES_MANAGE)
def get_google_status() -> dict[str, object]:
    """Tell whether Google is connected: it isn't, and there is no connector to set up."""
    return {"configured": False, "authenticated": False, "detail": NOT_CONNECTED}


def _refuse_job(job_id: str) -> NoReturn:
    jobs.get(job_id, owner=current_user())
    _refuse(JOB_INSTEAD)


def _refuse(instead: str) -> NoReturn:
    raise ServiceUnavailable(f"{NOT_CONNECTED} {instead}")
