"""A person's part in an article: editing it, writing one, deciding on what the checks found."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import Material
from bacowr.engine.checks.model import Report
from bacowr.jobs import moves
from bacowr.jobs.articles import checking, settling, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, DocumentKind, EventType
from bacowr.jobs.texts import Document, FindingDecision

LONGEST_TEXT = 60_000
LONGEST_NOTE = 500
NO_MATERIAL = "What was read for this order isn't known, so its text can't be checked."


@dataclass(frozen=True)
class Edit:
    """A text that is to become the next version, checked, and the version it was made from."""

    article: Article
    report: Report
    base_id: str | None
    note: str | None


def draft_of(job: Job, markdown: str, *, by: User | None) -> Article:
    """Make a text that a person typed a version of the job's article, without storing it.

    An edited draft stays a draft of the model that wrote it; a text begun by a person is theirs.
    Raise Invalid when it is too long, Conflict when the job can't have one.
    """
    if len(markdown) > LONGEST_TEXT:
        text = f"A text has at most {LONGEST_TEXT:,} characters; this one has {len(markdown):,}."
        raise Invalid(text, fields={"markdown": [text]})
    latest = versions.latest(job)
    known = versions.article_of(latest) if latest else None
    if any("\ud800" <= each <= "\udfff" for each in markdown):
        text = "The text holds half a character (a lone surrogate)."
        raise Invalid(text, fields={"markdown": [text]})
    text = markdown.replace("\r\n", "\n").replace("\x00", "").strip() + "\n"
    author = by.email if by else None
    if known is not None:
        return replace(known, markdown=text, author=author, terms=job.order.terms)
    kind = latest.kind if latest else DocumentKind.HUMAN_TEXT
    return _material(job).article(text, kind=kind, author=author)


def save(
    job: Job, markdown: str, *, base_id: str | None, by: User, note: str | None = None
) -> Document:
    """Store a text as the next version, check it, and void what was signed before.

    `base_id` is the version that was edited, None for a first text. Raise Conflict when somebody
    has stored a later version meanwhile; nothing is stored then. The same text again changes
    nothing.
    """
    article = draft_of(job, markdown, by=by)
    if not article.markdown.strip():
        raise Invalid("There is no text.", fields={"markdown": ["There is no text."]})
    report = _checked(job, article)
    return _store(job, Edit(article, report, base_id, _short(note)), by=by)


@transaction
def _store(job: Job, edit: Edit, *, by: User) -> Document:
    article = edit.article
    moves.lock(job)
    settling.require_open(job)
    latest = versions.latest(job)
    if (latest.id if latest else None) != edit.base_id:
        raise Conflict("Somebody has saved a later version. Take a look at it before you save.")
    if latest is not None and latest.text == article.markdown:
        return latest
    document = versions.document_of(article, job, version=latest.version + 1 if latest else 1)
    document.parent_id, document.note, document.author = edit.base_id, edit.note, by.email
    db.session.add(document)
    db.session.flush()
    db.session.add(checking.run_of(document, edit.report))
    settling.void_signoffs(job, f"Version {document.version} was saved.")
    settling.settle(job, edit.report, _material(job), EventType.EDITED, by=by)
    audit.record("job.edit", job, actor=by, version=document.version)
    return document


@transaction
def decide(
    job: Job, finding_key: str, decision: Decision | None, *, reason: str | None, by: User
) -> Report:
    """Decide on a finding, or with None take the decision back; the text is checked again.

    Raise NotFound for a finding that the latest version doesn't have, Invalid when one is ignored
    without a reason, Conflict for one that is nobody's to decide.
    """
    moves.lock(job)
    settling.require_open(job)
    latest = versions.latest(job)
    article = versions.article_of(latest) if latest else None
    if latest is None or article is None:
        raise NotFound("There is no article to decide on.")
    _require_decidable(latest, finding_key)
    _write_decision(job, finding_key, decision, reason=_short(reason), by=by)
    db.session.flush()
    report = _checked(job, article)
    db.session.add(checking.run_of(latest, report))
    settling.settle(job, report, _material(job), EventType.DECIDED, by=by)
    told = decision or "undecided"
    audit.record("job.decide", job, actor=by, finding=finding_key, decision=told)
    return report


def _require_decidable(document: Document, finding_key: str) -> None:
    report = checking.report_of(document)
    known = {each.key: each for each in report.findings} if report else {}
    if finding_key not in known:
        raise NotFound("The text has no such finding any more.")
    if not known[finding_key].decidable:
        raise Conflict("This finding has to be mended; it can't be decided away.")


def _write_decision(
    job: Job, key: str, decision: Decision | None, *, reason: str | None, by: User
) -> None:
    select = sa.select(FindingDecision).where(
        FindingDecision.job_id == job.id, FindingDecision.finding_key == key
    )
    known = db.session.scalar(select)
    if decision is None:
        if known is not None:
            db.session.delete(known)
        return
    if decision is Decision.IGNORED and not reason:
        raise Invalid("Say why.", fields={"reason": ["A finding is ignored with a reason."]})
    row = known or FindingDecision(job_id=job.id, finding_key=key)
    row.decision, row.reason = decision, reason
    row.decided_by, row.decided_at = by.email, clock.now()
    db.session.add(row)


def _checked(job: Job, article: Article) -> Report:
    report = checking.check(job, article, checking.decisions_of(job))
    if report is None:
        raise Conflict(NO_MATERIAL)
    return report


def _material(job: Job) -> Material:
    found = checking.material(job)
    if found is None:
        raise Conflict(NO_MATERIAL)
    return found


def _short(text: str | None) -> str | None:
    cleaned = " ".join((text or "").split())
    if len(cleaned) > LONGEST_NOTE:
        message = f"At most {LONGEST_NOTE} characters."
        raise Invalid(message, fields={"reason": [message]})
    return cleaned or None
