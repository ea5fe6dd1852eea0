"""What owners of orders are told of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bacowr.jobs.models import Job
from bacowr.jobs.scores import shown_score
from bacowr.jobs.states import JobStatus
from bacowr.notifications import outbox
from bacowr.notifications.events import Event

EVENTS = {
    JobStatus.PENDING: Event.JOB_CREATED,
    JobStatus.DELIVERED: Event.JOB_COMPLETED,
    JobStatus.BLOCKED: Event.JOB_BLOCKED,
    JobStatus.ABORTED: Event.JOB_FAILED,
}
ORDERED = ("publisher_domain", "target_url", "anchor_text", "batch_id", "batch_row")
FOUND = ("qc_status", "block_reason", "error_code", "error_message", "actual_cost_usd")


def announce(job: Job) -> None:
    """Put down that a job is where it is, for its owner to be told."""
    facts: dict[str, Any] = {"job_id": job.id, "status": job.status}
    facts |= {name: getattr(job, name) for name in ORDERED + FOUND}
    facts["qc_score"] = shown_score(job.qc_score)
    outbox.announce(job.owner_id, EVENTS[job.status], facts)


def announce_ordered(owner_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put down that many jobs were ordered, in one statement."""
    facts = [
        {"job_id": row["id"], "status": JobStatus.PENDING}
        | {name: row.get(name) for name in ORDERED}
        for row in rows
    ]
    outbox.announce_many(owner_id, Event.JOB_CREATED, facts)
