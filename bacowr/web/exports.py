"""Taking what came of an order away as a file."""

from flask import Blueprint, Response

from bacowr.accounts.permissions import Permission
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.exports import article, brief
from bacowr.exports.brief import Paper
from bacowr.exports.model import File, Format, Handover
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries
from bacowr.jobs.articles import leaving, versions
from bacowr.jobs.models import Job
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.texts import Document

ARTICLE = "article"
FORMATS = ", ".join(Format)

bp = Blueprint("exports", __name__)


@bp.get(f"/jobs/<job_id>/<kind>.<any({FORMATS}):ending>")
@needs(Permission.JOBS_READ)
def download(job_id: str, kind: str, ending: str) -> Response:
    """Send an article that is signed, or a brief, as a file whose name says what it is."""
    user = current_user()
    detail = queries.detail(job_id, owner=user)
    form = Format(ending)
    file = _article(detail.job, form) if kind == ARTICLE else _other(detail, kind, form)
    _note(detail.job, kind, form)
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def _article(job: Job, form: Format) -> File:
    document = leaving.exportable(job)
    made = versions.article_of(document)
    if made is None:
        raise NotFound("There is no such document.")
    handover = Handover(
        made, job.publisher_domain, document.data["title"], leaving.evidence(job, document)
    )
    return article.export(handover, form, clock.now())


def _other(detail: JobDetail, kind: str, form: Format) -> File:
    document = next((each for each in detail.documents if each.kind == kind), None)
    if document is None:
        raise NotFound("There is no such document.")
    if detail.job.is_demo:
        raise Conflict("What came of sample pages can't be exported.")
    if document.kind in versions.KINDS:
        return _older(document, form)
    return brief.export(_paper(detail.job, document), form, clock.now())


def _paper(job: Job, document: Document) -> Paper:
    about = document.data
    language = about["text_language"]
    label = about["label"].get(language) or about["label"]["en"]
    title = about.get("title") or about.get("subject") or job.anchor_text
    return Paper(document.text, title, language, label, job.publisher_domain)


def _older(document: Document, form: Format) -> File:
    """Give the text of a draft that the older BACOWR wrote, as it is."""
    if versions.article_of(document) is not None or form is not Format.MARKDOWN:
        raise NotFound("There is no such document.")
    return File(document.data["file_name"], "text/markdown; charset=utf-8", document.text.encode())


@transaction
def _note(job: Job, kind: str, form: Format) -> None:
    audit.record("job.export", job, actor=current_user(), kind=kind, format=form)
