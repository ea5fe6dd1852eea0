"""What owners of batches are told of them."""

from bacowr.batches import progress
from bacowr.batches.models import Batch, BatchStatus
from bacowr.notifications import outbox
from bacowr.notifications.events import Event

EVENTS = {
    BatchStatus.READY_FOR_REVIEW: Event.BATCH_READY,
    BatchStatus.PAUSED: Event.BATCH_PAUSED,
    BatchStatus.FAILED: Event.BATCH_FAILED,
    BatchStatus.COMPLETED: Event.BATCH_COMPLETED,
}


def announce(batch: Batch) -> None:
    """Put down that a batch is where it is; a withdrawn one is told of nobody."""
    event = EVENTS.get(batch.status)
    if event is None:
        return
    counted = progress.of([batch.id])[batch.id]
    facts = {
        "batch_id": batch.id,
        "name": batch.name,
        "status": batch.status,
        "jobs": counted.total,
        "delivered": counted.delivered,
        "blocked": counted.blocked,
        "failed": counted.failed,
        "halt_reason": batch.halt_reason,
        "actual_cost_usd": batch.actual_cost_usd,
    }
    outbox.announce(batch.owner_id, event, facts)
