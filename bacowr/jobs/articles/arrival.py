"""Storing what a job's pipeline left: the brief, the versions of the article, and their checks."""

import hashlib

from bacowr.base.db import db
from bacowr.engine.shapes import to_json
from bacowr.jobs.articles import checking, versions
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import Brief, Outcome
from bacowr.jobs.texts import Document


def store(job: Job, outcome: Outcome) -> None:
    """Add the documents of an outcome to a job; what it had before stays.

    The brief of a job that was sent back is the one it had, so it isn't stored twice.
    """
    held = {each.sha256 for each in versions.every(job)}
    for brief in outcome.briefs:
        document = _document(job, brief)
        if document.sha256 not in held:
            db.session.add(document)
    _store_drafts(job, outcome)


def _store_drafts(job: Job, outcome: Outcome) -> None:
    latest = versions.latest(job)
    for draft in outcome.drafts:
        version = latest.version + 1 if latest else 1
        document = versions.document_of(draft.article, job, version=version)
        document.parent_id, document.note = (latest.id if latest else None), draft.note
        db.session.add(document)
        db.session.flush()
        db.session.add(checking.run_of(document, draft.report))
        latest = document


def _document(job: Job, brief: Brief) -> Document:
    about = to_json(brief.document)
    text: str = about.pop("markdown")
    return Document(
        job_id=job.id,
        kind=brief.document.kind,
        data=about | brief.parts,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
