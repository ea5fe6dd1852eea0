"""Holding a version of an article against the rules; no language model takes part in that."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
import structlog

from bacowr.base import clock
from bacowr.base.db import db
from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import Material, material_of
from bacowr.engine.checks.model import CheckName, QcStatus, Report
from bacowr.engine.checks.report import inspect
from bacowr.engine.ports import Neighbor
from bacowr.engine.shapes import from_json, to_json
from bacowr.engine.steps.step import Stage
from bacowr.jobs import queries
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job, JobStep
from bacowr.jobs.states import StepStatus
from bacowr.jobs.texts import Document, FindingDecision, QcRun

NEEDED = (Stage.FETCH, Stage.PROFILE, Stage.SERP, Stage.INTENT)
KEPT_MATERIALS = 16

log = structlog.get_logger(__name__)


class Verdict(NamedTuple):
    """What the checks said of a version, without their findings."""

    status: QcStatus
    score: float | None


def rows_of(job: Job) -> dict[str, FindingDecision]:
    """Return who decided what about the job's findings and why, by the findings' keys."""
    select = sa.select(FindingDecision).where(FindingDecision.job_id == job.id)
    return {each.finding_key: each for each in db.session.scalars(select)}


def material(job: Job) -> Material | None:
    """Return what the steps found out about a job; None when they have not all run.

    It is kept in the process for as long as no step is carried out anew, because a person who
    types has it asked for again and again.
    """
    select = sa.select(JobStep.name, JobStep.finished_at).where(
        JobStep.job_id == job.id, JobStep.status == StepStatus.DONE, JobStep.name.in_(NEEDED)
    )
    finished = {row.name: row.finished_at for row in db.session.execute(select)}
    if len(finished) < len(NEEDED):
        return None
    key = ",".join(str(finished[each]) for each in NEEDED)
    return replace(_material(job.id, key), order=job.order, neighbors=neighbors_of(job))


@lru_cache(maxsize=KEPT_MATERIALS)
def _material(job_id: str, _key: str) -> Material:
    job = db.session.get_one(Job, job_id)
    return material_of(job.order, queries.outputs_of(job))


def check(job: Job, article: Article, decisions: Mapping[str, str]) -> Report | None:
    """Check a version; None for a job of the older BACOWR, whose sources are not known."""
    found = material(job)
    if found is None:
        return None
    return inspect(found.subject(article, clock.now(), decisions), on_error=_tell)


def decisions_of(job: Job) -> dict[str, str]:
    """Return what people decided about the job's findings, by their keys."""
    return {key: each.decision for key, each in rows_of(job).items()}


def run_of(document: Document, report: Report) -> QcRun:
    """Make what the checks said of a version a row."""
    return QcRun(
        job_id=document.job_id,
        document_id=document.id,
        status=report.status,
        score=report.score,
        report=to_json(report),
    )


def last_run(document: Document) -> QcRun | None:
    """Return what the checks last said of a version."""
    select = sa.select(QcRun).where(QcRun.document_id == document.id)
    return db.session.scalar(select.order_by(QcRun.created_at.desc(), QcRun.id).limit(1))


def verdicts_of(job: Job) -> dict[str, Verdict]:
    """Return what the checks last said of each version, by the version's id."""
    select = (
        sa.select(QcRun.document_id, QcRun.status, QcRun.score)
        .where(QcRun.job_id == job.id)
        .order_by(QcRun.created_at, QcRun.id.desc())
    )
    return {row.document_id: Verdict(row.status, row.score) for row in db.session.execute(select)}


def report_of(document: Document) -> Report | None:
    """Return the last report of a version; None when it was never checked."""
    run = last_run(document)
    return from_json(Report, run.report) if run else None


def neighbors_of(job: Job) -> tuple[Neighbor, ...]:
    """Return the latest articles of the other jobs of the same batch."""
    return tuple(versions.latest_of_batch(job))


def _tell(name: CheckName, error: Exception) -> None:
    log.error("check_failed", check=name, exc_info=error)
