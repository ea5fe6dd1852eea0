"""What came of an order: which document is shown, and taking it away as a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Conflict, NotFound
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.states import DocumentKind
from bacowr.jobs.texts import Document
from bacowr.web import wording

SOURCES = "sources"

bp = Blueprint("documents", __name__)


@dataclass(frozen=True)
class Tab:
    """One way of looking at what came of an order."""

    view: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class Shown:
    """The document on the page, and the tabs beside it."""

    view: str
    document: Document
    tabs: Sequence[Tab]
    is_exportable: bool


@bp.get("/jobs/<job_id>/<kind>.md")
@needs(Permission.JOBS_READ)
def download(job_id: str, kind: str) -> ResponseReturnValue:
    """Send a document as a Markdown file whose name says what it is."""
    detail = queries.detail(job_id, owner=current_user())
    document = next((each for each in detail.documents if each.kind == kind), None)
    if document is None:
        raise NotFound("There is no such document.")
    if detail.job.is_demo:
        raise Conflict("What came of sample pages can't be exported.")
    response = Response(document.text, mimetype="text/markdown")
    response.headers.set("Content-Disposition", "attachment", filename=document.data["file_name"])
    return response


def shown(detail: JobDetail, view: str) -> Shown | None:
    """Choose what to show of an order: the view that was asked for, else the first there is."""
    documents = {str(each.kind): each for each in detail.documents}
    if not documents:
        return None
    brief = documents.get(DocumentKind.BRIEF)
    tabs = [Tab(kind, wording.tab(each.kind)) for kind, each in documents.items()]
    if brief is not None:
        tabs.append(Tab(SOURCES, "Sources", len(brief.data["sources"])))
    if view not in {tab.view for tab in tabs}:
        view = tabs[0].view
    document = documents.get(view) or brief
    return Shown(view, document, tabs, is_exportable=not detail.job.is_demo) if document else None
