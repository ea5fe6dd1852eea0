"""From a job to what is handed over: only a signed article leaves the house (domain 3.15)."""

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.exports import article, brief
from bacowr.exports.brief import Paper
from bacowr.exports.model import File, Format, Handover
from bacowr.jobs.articles import leaving, versions
from bacowr.jobs.models import Job
from bacowr.jobs.texts import Document

NOTHING = "There is no such document."


@transaction
def hand_over(job: Job, form: Format, *, by: User) -> File:
    """Make a file of a job's article with all its evidence, and note who took it.

    Raise Conflict when the article may not leave: it isn't signed, or it is of sample pages.
    """
    document = leaving.exportable(job)
    made = versions.article_of(document)
    if made is None:
        raise Conflict("There is no article to export.")
    handover = Handover(
        made,
        publisher=job.publisher_domain,
        title=document.data.get("title", ""),
        evidence=leaving.evidence(job, document),
    )
    audit.record("job.export", job, actor=by, kind="article", format=form)
    return article.export(handover, form, clock.now())


@transaction
def hand_over_paper(job: Job, document: Document, form: Format, *, by: User) -> File:
    """Make a file of a brief or a skeleton, and note who took it.

    A draft that the older BACOWR wrote is given as it is. Raise Conflict for what came of sample
    pages, NotFound for a form that the document doesn't have.
    """
    if job.is_demo:
        raise Conflict("What came of sample pages can't be exported.")
    audit.record("job.export", job, actor=by, kind=document.kind, format=form)
    if document.kind in versions.KINDS:
        return _older(document, form)
    return brief.export(_paper(job, document), form, clock.now())


def _paper(job: Job, document: Document) -> Paper:
    about = document.data
    language = about["text_language"]
    label = about["label"].get(language) or about["label"]["en"]
    title = about.get("title") or about.get("subject") or job.anchor_text
    return Paper(document.text, title, language, label, job.publisher_domain)


def _older(document: Document, form: Format) -> File:
    if versions.article_of(document) is not None or form is not Format.MARKDOWN:
        raise NotFound(NOTHING)
    return File(document.data["file_name"], "text/markdown; charset=utf-8", document.text.encode())
