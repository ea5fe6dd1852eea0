"""A sender that is killed anywhere: nothing is lost, and what comes twice has the same id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.notifications.deliveries import Delivery, DeliveryAttempt, Notice
from bacowr.notifications.events import Event
from bacowr.notifications.states import WAITING, DeliveryState
from config import Settings
from tests.notifications.conftest import Announce, Hooked
from tests.plugins.receiver import Receiver

PROGRAM = Path(__file__).with_name("sender.py")
ROOT = PROGRAM.parents[2]
DEAD = -signal.SIGKILL
MOST_STATEMENTS = 100

Send = Callable[[int], int]


@pytest.fixture
def send(settings: Settings, hook_server: Receiver) -> Iterator[Send]:
    """A function that lets a process send all, or die before a statement; its exit status."""
    names = ("instance_dir", "database_url", "queue_url", "secret_key")
    told = {name: str(getattr(settings, name)) for name in names} | {"host": hook_server.host}
    with subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdin
        assert process.stdout
        lines, answers = process.stdin, process.stdout

        def tell(line: object) -> None:
            lines.write(f"{line}\n")
            lines.flush()

        def start(dies_before: int) -> int:
            tell(dies_before)
            return int(answers.readline())

        tell(json.dumps(told))
        yield start
        process.communicate(timeout=60)


@transaction
def let_time_pass() -> None:
    """Do what minutes would: leases run out."""
    long_ago = clock.now() - timedelta(minutes=5)
    held = sa.update(Delivery).where(Delivery.lease_until.is_not(None))
    db.session.execute(held.values(lease_until=long_ago))
    waiting = sa.update(Delivery).where(Delivery.state.in_(WAITING))
    db.session.execute(waiting.values(next_try_at=long_ago))


def test_a_sender_may_die_anywhere(
    hooked: Hooked, announce: Announce, send: Send, hook_server: Receiver
) -> None:
    statuses: list[int] = []
    seen: list[int] = []
    while not statuses or statuses[-1] == DEAD:
        number = len(statuses) + 1
        assert number < MOST_STATEMENTS
        hook_server.received.clear()
        announce(hooked.owner, Event.LINK_LOST, number=number)
        db.session.remove()
        statuses.append(send(number))
        if statuses[-1] == DEAD:
            let_time_pass()
            db.session.remove()
            assert send(0) == 0
        ids = {each.headers["webhook-id"] for each in hook_server.received}
        assert len(ids) == 1, f"Killed before statement {number}, it must come, with one id."
        assert json.loads(hook_server.received[0].body)["data"] == {"number": number}
        seen.append(len(hook_server.received))
    assert statuses[-1] == 0
    assert max(seen) == 2, "Killed between sending and noting, it comes twice."
    assert seen.count(1) > 5
    _check_rows(len(statuses))


def _check_rows(expected: int) -> None:
    rows = db.session.scalars(sa.select(Delivery)).all()
    assert len(rows) == expected
    assert {each.state for each in rows} == {DeliveryState.DELIVERED}
    assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 0
    lost = sa.select(sa.func.count()).where(DeliveryAttempt.ended_at.is_(None))
    assert db.session.scalar(lost)
