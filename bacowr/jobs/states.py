"""What a job can be, and what it can become: the whole state machine stands on this page."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.checks.model import QcStatus
from bacowr.engine.steps.step import Stage

__all__ = [
    "Decision",
    "DocumentKind",
    "EventType",
    "JobStatus",
    "Move",
    "QcStatus",
    "SignoffStep",
    "Stage",
    "StepStatus",
]


class JobStatus(StrEnum):
    """Where a job is in its life (domain 3.1)."""

    PENDING = "pending"
    PROCESSING = "processing"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    ABORTED = "aborted"
    CANCELED = "canceled"


class StepStatus(StrEnum):
    """Where one step of a job is; a finished step is never run again."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class EventType(StrEnum):
    """What can happen to a job."""

    CREATED = "created"
    CLAIMED = "claimed"
    STEP_STARTED = "step_started"
    STEP_FINISHED = "step_finished"
    STEP_FAILED = "step_failed"
    HANDED_BACK = "handed_back"
    LEASE_EXPIRED = "lease_expired"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    ABORTED = "aborted"
    CANCELED = "canceled"
    RETRIED = "retried"
    EDITED = "edited"
    DECIDED = "decided"
    SIGNED = "signed"
    SENT_BACK = "sent_back"


class Decision(StrEnum):
    """What a person decided about a finding."""

    ACCEPTED = "accepted"
    IGNORED = "ignored"


class SignoffStep(StrEnum):
    """The two steps of a sign-off (domain 3.13)."""

    FACTS = "facts"
    COMPLIANCE = "compliance"


@dataclass(frozen=True)
class Move:
    """One arrow of the state machine: what happened, from where, and to where."""

    event: EventType
    sources: frozenset[JobStatus]
    target: JobStatus


CLAIM = Move(EventType.CLAIMED, frozenset({JobStatus.PENDING}), JobStatus.PROCESSING)
HAND_BACK = Move(EventType.HANDED_BACK, frozenset({JobStatus.PROCESSING}), JobStatus.PENDING)
EXPIRE = Move(EventType.LEASE_EXPIRED, frozenset({JobStatus.PROCESSING}), JobStatus.PENDING)
DELIVER = Move(EventType.DELIVERED, frozenset({JobStatus.PROCESSING}), JobStatus.DELIVERED)
BLOCK = Move(EventType.BLOCKED, frozenset({JobStatus.PROCESSING}), JobStatus.BLOCKED)
ABORT = Move(EventType.ABORTED, frozenset({JobStatus.PROCESSING}), JobStatus.ABORTED)
CANCEL = Move(
    EventType.CANCELED, frozenset({JobStatus.PENDING, JobStatus.PROCESSING}), JobStatus.CANCELED
)
RETRY = Move(
    EventType.RETRIED, frozenset({JobStatus.ABORTED, JobStatus.CANCELED}), JobStatus.PENDING
)
SEND_BACK = Move(
    EventType.SENT_BACK, frozenset({JobStatus.DELIVERED, JobStatus.BLOCKED}), JobStatus.PENDING
)
SIGN = Move(EventType.SIGNED, frozenset({JobStatus.BLOCKED}), JobStatus.DELIVERED)

ENDED = frozenset({JobStatus.DELIVERED, JobStatus.BLOCKED, JobStatus.ABORTED, JobStatus.CANCELED})
