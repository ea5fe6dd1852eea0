"""Jobs that have come to something, and batches of them, without carrying anything out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.batches import gathering
from bacowr.batches.gathering import Gathered
from bacowr.batches.models import Batch
from bacowr.jobs import service
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus
from tests.plugins.short_pipeline import ORDER


@transaction
def finished(owner: User, number: int = 1, *, scores: Sequence[float | None] = ()) -> list[Job]:
    """Give delivered jobs without an article; the checks said `scores` of them."""
    made = []
    for place in range(number):
        order = dataclasses.replace(ORDER, anchor_text=f"anchor {place}")
        job = service.create(order, owner=owner)
        job.status, job.finished_at = JobStatus.DELIVERED, clock.now()
        job.qc_score = scores[place] if place < len(scores) else None
        job.qc_status = None if job.qc_score is None else QcStatus.PASS
        made.append(job)
    return made


def gathered(owner: User, number: int = 1, *, scores: Sequence[float | None] = ()) -> Batch:
    """Give a batch of such jobs, up for review."""
    jobs = finished(owner, number, scores=scores)
    return gathering.gather(Gathered("Monday", [each.id for each in jobs]), owner=owner)
