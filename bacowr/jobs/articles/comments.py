"""What people say of passages of an article; a passage is found in later versions by its words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid, NotFound
from bacowr.engine.article.parsed import Block, parse
from bacowr.engine.checks.model import Place
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job
from bacowr.jobs.texts import ArticleComment, Document

LONGEST_COMMENT = 1_000
LONGEST_QUOTE = 1_000
MOST_COMMENTS = 500


@dataclass(frozen=True)
class Passage:
    """Some words of one block of a version, and their place in its Markdown."""

    quote: str
    place: Place


@dataclass(frozen=True)
class Remark:
    """A comment, and where its passage stands in the version that is shown, if it still does."""

    comment: ArticleComment
    place: Place | None

    @cached_property
    def key(self) -> str:
        """Give the name by which the page knows it."""
        return f"comment-{self.comment.id}"


def of(job: Job) -> Sequence[ArticleComment]:
    """Return the job's comments, the earliest first."""
    select = sa.select(ArticleComment).where(ArticleComment.job_id == job.id)
    return db.session.scalars(select.order_by(ArticleComment.created_at, ArticleComment.id)).all()


def placed(comments: Iterable[ArticleComment], document: Document) -> list[Remark]:
    """Find the comments' passages in a version: those with the same words, the nearest first."""
    return [Remark(each, _place(each, document)) for each in comments]


def passage_at(markdown: str, at: int, quote: str) -> Passage:
    """Find the words that were selected in the block at a place; without words, all of the block.

    Raise Invalid when they don't stand there.
    """
    wanted = " ".join(quote.split())[:LONGEST_QUOTE].strip()
    block = next((each for each in parse(markdown).blocks if _lies_in(at, each)), None)
    if block is None:
        raise _gone()
    found = _found(block, wanted) if wanted else Place(*block.span)
    if found is None:
        raise _gone()
    return Passage(wanted or block.text[:LONGEST_QUOTE], found)


@transaction
def add(job: Job, document_id: str, passage: Passage, text: str, *, by: User) -> ArticleComment:
    """Say something of a passage of one version; raise Invalid without words, or too many."""
    document = versions.get(job, document_id)
    said = text.strip()
    if not 0 < len(said) <= LONGEST_COMMENT or "\x00" in said:
        message = f"A comment has 1 to {LONGEST_COMMENT:,} characters."
        raise Invalid(message, fields={"comment": [message]})
    count = sa.select(sa.func.count()).where(ArticleComment.job_id == job.id)
    if (db.session.scalar(count) or 0) >= MOST_COMMENTS:
        raise Invalid(f"An article has at most {MOST_COMMENTS} comments.")
    row = ArticleComment(
        job_id=job.id,
        document_id=document.id,
        place_start=passage.place.start,
        place_end=passage.place.end,
        quote=passage.quote,
        text=said,
        author_id=by.id,
        author=by.email,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("comment.add", row, actor=by, job_id=job.id, version=document.version)
    return row


@transaction
def resolve(job: Job, comment_id: str, *, by: User, is_resolved: bool = True) -> None:
    """Say that a comment is taken care of, or isn't after all; NotFound for another job's."""
    row = db.session.get(ArticleComment, comment_id)
    if row is None or row.job_id != job.id:
        raise NotFound("There is no such comment.")
    if (row.resolved_at is not None) == is_resolved:
        return
    row.resolved_at = clock.now() if is_resolved else None
    row.resolved_by = by.email if is_resolved else None
    action = "comment.resolve" if is_resolved else "comment.reopen"
    audit.record(action, row, actor=by, job_id=job.id)


def _gone() -> Invalid:
    message = "The passage doesn't stand in this version any more. Select it again."
    return Invalid(message, fields={"quote": [message]})


def _lies_in(at: int, block: Block) -> bool:
    # The first character of a block is behind its signs: "# ", "- ", "> " or "[".
    start, end = block.span
    return start - _SIGNS <= at < end


_SIGNS = 8


def _place(comment: ArticleComment, document: Document) -> Place | None:
    if document.id == comment.document_id:
        return Place(comment.place_start, comment.place_end)
    found = (_found(each, comment.quote) for each in parse(document.text).blocks)
    places = [each for each in found if each is not None]
    return min(places, key=lambda each: abs(each.start - comment.place_start), default=None)


def _found(block: Block, words: str) -> Place | None:
    """Find words in a block however their spaces are written."""
    text = " ".join(block.text.split())
    start = text.find(words)
    if start < 0:
        return None
    places = _squeezed(block.text)
    return Place(*block.at(places[start], places[start + len(words) - 1] + 1))


def _squeezed(text: str) -> list[int]:
    """Give for each character of a text with single spaces where it stands in the text."""
    places: list[int] = []
    for at, each in enumerate(text):
        is_space = each.isspace()
        if is_space and (not places or text[places[-1]].isspace()):
            continue
        places.append(at)
    return places
