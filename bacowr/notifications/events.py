"""What people can be told: every event, and which of them are worth a mail unless one says so."""

from enum import StrEnum


class Event(StrEnum):
    """Something that people and programs can be told."""

    JOB_CREATED = "job.created"
    JOB_COMPLETED = "job.completed"
    JOB_BLOCKED = "job.blocked"
    JOB_FAILED = "job.failed"
    BATCH_READY = "batch.ready"
    BATCH_PAUSED = "batch.paused"
    BATCH_FAILED = "batch.failed"
    BATCH_COMPLETED = "batch.completed"
    LINK_LOST = "link.lost"
    LINK_CHANGED = "link.changed"
    LINK_RECOVERED = "link.recovered"
    DEAL_EXPIRING = "deal.expiring"
    DEAL_EXPIRED = "deal.expired"
    MORNING_SUMMARY = "morning.summary"


class Letter(StrEnum):
    """Something that one person is written, whatever the person chose to be told."""

    PASSWORD_RESET = "password.reset"  # noqa: S105  # An event's name, not a password.
    INVITATION = "invitation"
    TEST = "test"


MEANT: dict[Event, str] = {
    Event.JOB_CREATED: "An order is taken",
    Event.JOB_COMPLETED: "An order is delivered",
    Event.JOB_BLOCKED: "An order is blocked",
    Event.JOB_FAILED: "An order is given up",
    Event.BATCH_READY: "A batch is ready for review",
    Event.BATCH_PAUSED: "A batch has stopped at its cap",
    Event.BATCH_FAILED: "A batch has come to nothing",
    Event.BATCH_COMPLETED: "A batch is reviewed",
    Event.LINK_LOST: "A link is lost",
    Event.LINK_CHANGED: "A link is not as agreed",
    Event.LINK_RECOVERED: "A link is as agreed again",
    Event.DEAL_EXPIRING: "A deal is about to end",
    Event.DEAL_EXPIRED: "A deal has ended",
    Event.MORNING_SUMMARY: "What the night has brought",
}

MAILED = frozenset(
    {
        Event.BATCH_PAUSED,
        Event.BATCH_FAILED,
        Event.LINK_LOST,
        Event.DEAL_EXPIRING,
        Event.MORNING_SUMMARY,
    }
)
"""What is mailed to whoever turns mail on and chooses nothing: seldom, or of use the same day."""
