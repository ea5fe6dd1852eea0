"""How many findings the last checks of jobs' articles have, counted by the database."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job
from bacowr.jobs.texts import Document, QcRun


def numbers_of(condition: sa.ColumnElement[bool]) -> Mapping[str, int]:
    """Count the findings of the jobs that meet a condition, by their ids, in one statement.

    The last check of the version that counts is meant; a job whose article was never checked is
    left out. The reports themselves stay in the database: a thousand of them are many megabytes.
    """
    newest = (
        sa.select(Document.id, Document.job_id, _place(Document.job_id).label("place"))
        .join(Job, Job.id == Document.job_id)
        .where(condition, Document.kind.in_(versions.KINDS))
        .subquery()
    )
    last_run = sa.func.row_number().over(
        partition_by=QcRun.document_id, order_by=(QcRun.created_at.desc(), QcRun.id)
    )
    runs = (
        sa.select(newest.c.job_id, _number().label("number"), last_run.label("place"))
        .join(newest, newest.c.id == QcRun.document_id)
        .where(newest.c.place == 1)
        .subquery()
    )
    rows: Any = db.session.execute(sa.select(runs.c.job_id, runs.c.number).where(runs.c.place == 1))
    return {job_id: int(number or 0) for job_id, number in rows}


def _place(job_id: sa.SQLColumnExpression[str]) -> sa.ColumnElement[int]:
    """Number the versions of each job, the one that counts first (`versions.latest`)."""
    newest_first = (Document.version.desc(), Document.created_at.desc())
    return sa.func.row_number().over(partition_by=job_id, order_by=newest_first)


def _number() -> sa.ScalarSelect[int]:
    """Add up the lengths of a report's lists of findings, one per check."""
    if db.engine.dialect.name == "postgresql":
        checks = sa.func.jsonb_array_elements(QcRun.report["checks"]).table_valued("value")
        length = sa.func.jsonb_array_length(checks.c.value.op("->")("findings"))
    else:
        checks = sa.func.json_each(QcRun.report, "$.checks").table_valued("value")
        length = sa.func.json_array_length(checks.c.value, "$.findings")
    total: sa.Select[int] = sa.select(sa.func.sum(length)).select_from(checks)
    return total.scalar_subquery()
