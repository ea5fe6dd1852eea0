"""Every arrow of the state machine, and that there is no other."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.jobs import queries, service
from bacowr.jobs.leases import Lease, LeaseLost
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import Outcome
from bacowr.jobs.states import JobStatus
from tests.plugins.short_pipeline import ORDER

BLOCKED = Outcome((), (), "TARGET_HTTP", "It said 404.")

# Every arrow that a worker or a person takes; editing and signing have tests of their own.
ARROWS = {
    ("claim", "pending"): "processing",
    ("deliver", "processing"): "delivered",
    ("block", "processing"): "blocked",
    ("fail", "processing"): "aborted",
    ("hand_back", "processing"): "pending",
    ("cancel", "pending"): "canceled",
    ("cancel", "processing"): "canceled",
    ("retry", "aborted"): "pending",
    ("retry", "canceled"): "pending",
    ("send_back", "delivered"): "pending",
    ("send_back", "blocked"): "pending",
}
VERBS = sorted({verb for verb, _ in ARROWS})


class Walk:
    """One job, and what its worker holds of it."""

    def __init__(self, owner: User) -> None:
        self.owner = owner
        self.job = service.create(ORDER, owner=owner)
        self.lease = Lease(self.job.id, "nobody", 0)
        self.verbs: dict[str, Callable[[], object]] = {
            "claim": self.claim,
            "deliver": lambda: service.finish(self.lease, Outcome(())),
            "block": lambda: service.finish(self.lease, BLOCKED),
            "fail": lambda: service.fail(self.lease, code="INTERNAL", message="A bug."),
            "hand_back": lambda: service.hand_back(self.lease),
            "cancel": lambda: service.cancel(self.job, by=owner),
            "retry": lambda: service.retry(self.job, by=owner),
            "send_back": lambda: service.send_back(self.job, by=owner),
        }

    def claim(self) -> None:
        lease = service.claim(self.job.id, worker="w1", seconds=60)
        if lease is None:
            raise Conflict("It does not wait.")
        self.lease = lease

    def take(self, verb: str) -> bool:
        """Do it; tell whether it could be done."""
        try:
            self.verbs[verb]()
        except (Conflict, LeaseLost):
            return False
        return True

    def status(self) -> str:
        db.session.expire_all()
        return db.session.get_one(Job, self.job.id).status.value


@given(path=st.lists(st.sampled_from(VERBS), max_size=12))
@effort(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_job_takes_the_arrows_there_are_and_no_other(
    app: Flask, owner: User, path: list[str]
) -> None:
    del app
    walk = Walk(owner)
    expected, arrows = "pending", 0
    for verb in path:
        done = walk.take(verb)
        assert done == ((verb, expected) in ARROWS)
        expected, arrows = ARROWS.get((verb, expected), expected), arrows + done
        assert walk.status() == expected
    events = queries.events_of(walk.job)
    assert len(events) == 1 + arrows
    assert [event.to_status for event in events][-1] == expected
    trail = [(event.from_status, event.to_status) for event in events[1:]]
    assert all(before == after for (_, before), (after, _) in itertools.pairwise(trail))


PATHS: dict[str, list[str]] = {
    "pending": [],
    "processing": ["claim"],
    "delivered": ["claim", "deliver"],
    "blocked": ["claim", "block"],
    "aborted": ["claim", "fail"],
    "canceled": ["claim", "cancel"],
}


def test_each_verb_from_each_status(owner: User) -> None:
    assert set(PATHS) == set(JobStatus)
    for status, verb in itertools.product(PATHS, VERBS):
        walk = Walk(owner)
        for step in PATHS[status]:
            assert walk.take(step)
        assert walk.status() == status
        job = db.session.get_one(Job, walk.job.id)
        assert job.is_cancelable == (("cancel", status) in ARROWS)
        assert job.is_retryable == (("retry", status) in ARROWS)
        assert job.has_ended == (status not in {"pending", "processing"})
        before = job.version
        assert walk.take(verb) == ((verb, status) in ARROWS), (verb, status)
        assert walk.status() == ARROWS.get((verb, status), status)
        changed = db.session.get_one(Job, walk.job.id).version != before
        assert changed == ((verb, status) in ARROWS), "A refused verb leaves no trace."
