"""The versions of a job's article; each is a document that is never changed."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import parse
from bacowr.engine.brief.labels import labeled
from bacowr.engine.brief.wording import text_language
from bacowr.engine.ports import Neighbor
from bacowr.engine.shapes import from_json, to_json
from bacowr.jobs.models import Job
from bacowr.jobs.states import DocumentKind
from bacowr.jobs.texts import Document

KINDS = (DocumentKind.AI_DRAFT, DocumentKind.HUMAN_TEXT)


def of(job: Job) -> Sequence[Document]:
    """Return every version of the job's article, the earliest first."""
    select = sa.select(Document).where(Document.job_id == job.id, Document.kind.in_(KINDS))
    return db.session.scalars(select.order_by(Document.version, Document.created_at)).all()


def every(job: Job) -> Sequence[Document]:
    """Return every document of the job, briefs too."""
    return db.session.scalars(sa.select(Document).where(Document.job_id == job.id)).all()


def latest(job: Job) -> Document | None:
    """Return the version that counts, alone, as it is asked for often; None without an article."""
    select = sa.select(Document).where(Document.job_id == job.id, Document.kind.in_(KINDS))
    newest = select.order_by(Document.version.desc(), Document.created_at.desc())
    return db.session.scalar(newest.limit(1))


def latest_of_batch(job: Job) -> list[Neighbor]:
    """Return the versions that count of the other jobs of a job's batch, in one statement."""
    if job.batch_id is None:
        return []
    newest_first = (Document.version.desc(), Document.created_at.desc())
    ranked = (
        sa.select(
            Document.id,
            sa.func.row_number()
            .over(partition_by=Document.job_id, order_by=newest_first)
            .label("place"),
        )
        .join(Job, Job.id == Document.job_id)
        .where(Job.batch_id == job.batch_id, Job.id != job.id, Document.kind.in_(KINDS))
        .subquery()
    )
    select = (
        sa.select(Document.job_id, Document.data["title"].as_string(), Document.text)
        .join(ranked, ranked.c.id == Document.id)
        .where(ranked.c.place == 1)
        .order_by(Document.job_id)
    )
    return [
        Neighbor(job_id, title or "", text) for job_id, title, text in db.session.execute(select)
    ]


def get(job: Job, document_id: str) -> Document:
    """Get one version; raise NotFound for one of another job."""
    document = db.session.get(Document, document_id)
    if document is None or document.job_id != job.id or document.kind not in KINDS:
        raise NotFound("There is no such version.")
    return document


def article_of(document: Document) -> Article | None:
    """Return a version as the checks take it; None for a text of the older BACOWR."""
    made = document.data.get("article")
    return from_json(Article, made) if made else None


def document_of(article: Article, job: Job, *, version: int) -> Document:
    """Make an article the next version of a job's text."""
    label, banner = labeled(article.kind, model=article.model)
    language = text_language(article.language)
    prefix = "demo-" if job.is_demo else ""
    name = "utkast-ai" if article.kind is DocumentKind.AI_DRAFT else "text"
    return Document(
        job_id=job.id,
        kind=article.kind,
        version=version,
        author=article.author,
        model=article.model,
        text=article.markdown,
        sha256=hashlib.sha256(article.markdown.encode()).hexdigest(),
        data={
            "article": to_json(article),
            "label": label,
            "banner": banner,
            "title": parse(article.markdown).title or job.anchor_text,
            "language": article.language,
            "text_language": language,
            "demo": job.is_demo,
            "file_name": f"{prefix}{name}-{job.publisher_domain}.md",
        },
    )
