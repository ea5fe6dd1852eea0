"""Taking what came of an order away as a file."""

from flask import Blueprint, Response

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import NotFound
from bacowr.exports.handing_over import NOTHING, hand_over, hand_over_paper
from bacowr.exports.model import Format
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries

ARTICLE = "article"
FORMATS = ", ".join(Format)

bp = Blueprint("exports", __name__)


@bp.get(f"/jobs/<job_id>/<kind>.<any({FORMATS}):ending>")
@needs(Permission.JOBS_READ)
def download(job_id: str, kind: str, ending: str) -> Response:
    """Send an article that is signed, or a brief, as a file whose name says what it is."""
    user, form = current_user(), Format(ending)
    detail = queries.detail(job_id, owner=user)
    if kind == ARTICLE:
        file = hand_over(detail.job, form, by=user)
    else:
        document = next((each for each in detail.documents if each.kind == kind), None)
        if document is None:
            raise NotFound(NOTHING)
        file = hand_over_paper(detail.job, document, form, by=user)
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response
