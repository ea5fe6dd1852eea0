"""Telling people what happened: deliveries are made, mornings summed up, and all of it sent."""

import time
from collections import Counter

import structlog
from flask import current_app

from bacowr.accounts.telling import active_among
from bacowr.base.db import transaction
from bacowr.batches import nights as batches
from bacowr.jobs import nights as jobs
from bacowr.jobs.states import JobStatus
from bacowr.notifications import hours, mornings, outbox, sending, spreading
from bacowr.notifications.events import Event
from bacowr.notifications.hours import Morning
from bacowr.notifications.mornings import Blocked, Night
from bacowr.notifications.postroom import Postroom
from bacowr.watch import nights as watch
from bacowr.watch.models import AlertKind
from bacowr.worker.rounds import Rounds

SWEEP_SECONDS = 60.0
MOST_A_ROUND = 50
ENDING = frozenset({AlertKind.EXPIRING, AlertKind.EXPIRED})

log = structlog.get_logger(__name__)


class Notifying(Rounds):
    """Makes deliveries of what happened, and sends what is due, one after the other."""

    PAUSE_SECONDS = 2.0
    _swept_at: float | None = None

    def _work(self) -> bool:
        self._sweep()
        with self._context():
            made = spreading.spread(self._postroom(), active_among)
        return bool(made) | bool(self._send())

    def _pause(self, *, did_work: bool) -> float:
        return 0.0 if did_work else self._every

    def _send(self) -> int:
        sent = 0
        while sent < MOST_A_ROUND and not self._is_over():
            with self._context():
                if sending.send_next(self._worker, self._postroom()) is None:
                    break
            sent += 1
        return sent

    def _sweep(self) -> None:
        now = time.monotonic()
        if self._swept_at is not None and now - self._swept_at < SWEEP_SECONDS:
            return
        with self._context():
            hours.begin_missing()
            for owner_id in hours.due():
                tell_morning(owner_id)
            forgotten = sending.forget_old()
        self._swept_at = now
        if forgotten:
            log.info("deliveries_forgotten", deliveries=forgotten)

    def _postroom(self) -> Postroom:
        postroom: Postroom = current_app.extensions["postroom"]
        return postroom


@transaction
def tell_morning(owner_id: str) -> bool:
    """Put down what the night has brought to one person; tell whether there was anything.

    Taken and told in one unit of work, so that nobody is told twice, or not at all.
    """
    morning = hours.take(owner_id)
    if morning is None:
        return False
    night = night_of(morning)
    if night.is_quiet:
        return False
    outbox.announce(owner_id, Event.MORNING_SUMMARY, mornings.summary(night))
    return True


def night_of(morning: Morning) -> Night:
    """Gather what happened to one person's orders, batches and links."""
    ended = jobs.ended(*morning)
    by_status: Counter[JobStatus] = Counter()
    for (status, _), count in ended.items():
        by_status[status] += count
    reasons = [Blocked(why, count) for (how, why), count in ended.items() if how == "blocked"]
    told = watch.told(*morning)
    kinds = Counter(kind for kind, _ in told)
    return Night(
        delivered=by_status[JobStatus.DELIVERED],
        blocked=sorted(reasons, key=lambda each: (-each.count, each.reason)),
        failed=by_status[JobStatus.ABORTED],
        cost_usd=jobs.cost_usd(*morning),
        lost=[link for kind, link in told if kind is AlertKind.LOST],
        changed=kinds[AlertKind.CHANGED],
        expiring=sum(kinds[each] for each in ENDING),
        waiting=batches.waiting(morning.owner_id),
    )
