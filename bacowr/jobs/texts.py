"""What came of jobs: their texts, what the checks said, and what people decided: tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json
from bacowr.jobs.models import HASH_LENGTH
from bacowr.jobs.states import Decision, DocumentKind, QcStatus, SignoffStep


class Document(Model):
    """One text that came of a job; never changed: the latest of a kind is the one that counts."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.Index(None, "job_id", "kind", "created_at"),
        sa.CheckConstraint("version >= 1", "version_positive"),
        {"comment": "Texts that came of jobs; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it came of."
    )
    kind: Mapped[DocumentKind] = mapped_column(
        text_enum(DocumentKind, "kind"), comment="What it is, and so who wrote it."
    )
    data: Mapped[dict[str, Any]] = mapped_column(type_json, comment="The document, part by part.")
    text: Mapped[str] = mapped_column(sa.Text, comment="The same as Markdown.")
    sha256: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), comment="Of the text, in hex.")
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was written, in UTC."
    )
    version: Mapped[int] = mapped_column(
        default=1, server_default="1", comment="Counts the versions of this kind, from 1."
    )
    parent_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The version it was made from; null for a first one."
    )
    author: Mapped[str | None] = mapped_column(
        sa.String(320), comment="Who edited it, by e-mail at that time; null for a machine."
    )
    model: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The language model that wrote it, if one did."
    )
    note: Mapped[str | None] = mapped_column(
        sa.String(500), comment="What the version is for, in its maker's words."
    )


class QcRun(Model):
    """What the checks said about one version of an article; only ever added."""

    __tablename__ = "qc_runs"
    __table_args__ = (
        sa.Index(None, "job_id", "created_at"),
        sa.Index(None, "document_id"),
        {"comment": "What the checks said about versions of articles; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it belongs to."
    )
    document_id: Mapped[str] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="CASCADE"), comment="The version it is about."
    )
    status: Mapped[QcStatus] = mapped_column(
        text_enum(QcStatus, "status"), comment="The worst of all checks."
    )
    score: Mapped[float | None] = mapped_column(
        sa.Float, comment="From 0 to 100, for sorting; null when unmeasured."
    )
    report: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="The checks, their findings and their evidence."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the text was checked, in UTC."
    )


class FindingDecision(Model):
    """What a person decided about one finding; it holds for every later version that shows it."""

    __tablename__ = "finding_decisions"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "finding_key"),
        sa.CheckConstraint("decision <> 'ignored' OR reason IS NOT NULL", "ignored_why"),
        {"comment": "What people decided about findings."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it belongs to."
    )
    finding_key: Mapped[str] = mapped_column(
        sa.String(32), comment="The finding's name across versions."
    )
    decision: Mapped[Decision] = mapped_column(
        text_enum(Decision, "decision"), comment="What was decided."
    )
    reason: Mapped[str | None] = mapped_column(sa.String(500), comment="Why, in words.")
    decided_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who decided, by e-mail at that time."
    )
    decided_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When, in UTC."
    )


class Signoff(Model):
    """A named person's acceptance of one version of an article, in two steps; any edit voids it."""

    __tablename__ = "signoffs"
    __table_args__ = (
        sa.Index(None, "job_id", "signed_at"),
        sa.Index(None, "document_id"),
        sa.Index(None, "signer_id"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", "void_whole"),
        {"comment": "Named persons' acceptances of articles; voided ones stay."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job it belongs to."
    )
    document_id: Mapped[str] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="CASCADE"), comment="The version that was accepted."
    )
    step: Mapped[SignoffStep] = mapped_column(
        text_enum(SignoffStep, "step"), comment="Which of the two steps."
    )
    text_sha256: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="Of the text that was accepted, in hex."
    )
    diff_sha256: Mapped[str | None] = mapped_column(
        sa.String(HASH_LENGTH), comment="Of the difference that was shown, in hex."
    )
    signer_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), comment="Who signed."
    )
    signer: Mapped[str] = mapped_column(
        sa.String(450), comment="Who signed, by name and e-mail at that time."
    )
    answers: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="The checklist's questions and the answers given."
    )
    evidence: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="The sources, thresholds and policy packs that held at that time."
    )
    seconds_spent: Mapped[int | None] = mapped_column(comment="How long the text was looked at.")
    signed_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When, in UTC."
    )
    voided_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When a later edit voided it, in UTC."
    )
    void_reason: Mapped[str | None] = mapped_column(
        sa.String(255), comment="What voided it, in words."
    )


class ArticleComment(Model):
    """What somebody says of a passage; found in later versions by its words."""

    __tablename__ = "article_comments"
    __table_args__ = (
        sa.Index(None, "job_id", "created_at"),
        sa.Index(None, "document_id"),
        sa.Index(None, "author_id"),
        sa.CheckConstraint("place_start >= 0 AND place_end > place_start", "place_whole"),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", "resolved_whole"),
        {"comment": "What people say of passages of articles."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    job_id: Mapped[str] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"), comment="The job whose article it is about."
    )
    document_id: Mapped[str] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="CASCADE"), comment="The version it was made on."
    )
    place_start: Mapped[int] = mapped_column(
        comment="Where the passage begins in that version's Markdown."
    )
    place_end: Mapped[int] = mapped_column(comment="Where it ends.")
    quote: Mapped[str] = mapped_column(sa.Text, comment="The passage, as it read.")
    text: Mapped[str] = mapped_column(sa.Text, comment="What is said of it.")
    author_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), comment="Who says it."
    )
    author: Mapped[str] = mapped_column(
        sa.String(320), comment="Who says it, by e-mail at that time."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was said, in UTC."
    )
    resolved_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was taken care of, in UTC; null while it waits."
    )
    resolved_by: Mapped[str | None] = mapped_column(
        sa.String(320), comment="Who said that it is, by e-mail at that time."
    )
