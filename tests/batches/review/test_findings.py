"""Counting findings in the database, and filling them in where a review opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.batches.models import BatchStatus, ReviewItem
from bacowr.batches.review import findings, opening
from bacowr.engine.checks.model import Check, CheckName, Finding, QcStatus, Report
from bacowr.engine.shapes import to_json
from bacowr.jobs.models import Job
from bacowr.jobs.states import DocumentKind
from bacowr.jobs.texts import Document, QcRun
from tests.plugins.gathered import finished, gathered

FINDING = Finding(CheckName.TRUST, "RULE", QcStatus.WARNING, "Not so.")


@transaction
def write(job: Job, version: int, *numbers: tuple[int, int]) -> None:
    """Store a version, and a check of it for each pair: so many findings in either of two parts."""
    document = Document(
        id=new_id(),
        job_id=job.id,
        kind=DocumentKind.AI_DRAFT,
        version=version,
        text="x",
        sha256="0" * 64,
        data={},
    )
    db.session.add(document)
    db.session.flush()
    for place, (one, other) in enumerate(numbers):
        checks = (
            Check(CheckName.TRUST, QcStatus.WARNING, (FINDING,) * one),
            Check(CheckName.LSI, QcStatus.WARNING, (FINDING,) * other),
        )
        report = Report(QcStatus.WARNING, 90.0, checks, "0" * 64, "", {})
        run = QcRun(
            job_id=job.id,
            document_id=document.id,
            status=QcStatus.WARNING,
            score=90.0,
            report=to_json(report),
            created_at=clock.now() + timedelta(seconds=place),
        )
        db.session.add(run)


@pytest.fixture
def jobs(owner: User) -> list[Job]:
    """Three jobs: checked twice, checked without a finding, and never checked."""
    made = finished(owner, 4)
    write(made[0], 1, (5, 5))
    write(made[0], 2, (9, 9), (1, 2))
    write(made[1], 1, (0, 0))
    write(made[2], 1)
    return made


def test_the_last_check_of_the_version_that_counts_is_meant(jobs: list[Job]) -> None:
    found = findings.numbers_of(Job.id.in_([each.id for each in jobs]))
    assert found == {jobs[0].id: 3, jobs[1].id: 0}
    assert findings.numbers_of(Job.id == "nowhere") == {}


def test_a_review_that_opens_knows_how_many_there_are(jobs: list[Job], owner: User) -> None:
    batch = gathered(owner)

    @transaction
    def put_in() -> None:
        db.session.execute(sa.update(Job).values(batch_id=batch.id))
        batch.status = BatchStatus.READY_FOR_REVIEW

    put_in()
    opening.catch_up(batch)
    items = db.session.execute(sa.select(ReviewItem.job_id, ReviewItem.issue_count))
    known = {row.job_id: row.issue_count for row in items}
    assert [known[each.id] for each in jobs] == [3, 0, None, None]
