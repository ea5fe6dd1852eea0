"""The right of one worker to run one job for a while."""

from dataclasses import dataclass

import sqlalchemy as sa

from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus


class LeaseLost(Exception):  # noqa: N818  # Named after what happened, as base.errors does.
    """The job is no longer this worker's: it was canceled, or another one has it."""


@dataclass(frozen=True)
class Lease:
    """One job in one worker's hands; `attempt` tells the worker from its own past."""

    job_id: str
    worker: str
    attempt: int

    @property
    def holds(self) -> sa.ColumnElement[bool]:
        """The condition under which the job is still in these hands."""
        return sa.and_(
            Job.id == self.job_id,
            Job.status == JobStatus.PROCESSING,
            Job.lease_owner == self.worker,
            Job.attempt == self.attempt,
        )
