"""Worker processes that can be killed, and making time pass for what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.jobs import queries
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from config import Settings

ROOT = Path(__file__).resolve().parents[2]
MORTAL = ROOT / "tests" / "worker" / "mortal.py"
PATIENCE_SECONDS = 60
DEAD = -signal.SIGKILL


@dataclass(frozen=True)
class Mortals:
    """The program that makes workers, for one application."""

    process: subprocess.Popen[str]
    settings: dict[str, object]
    alive: set[int] = field(default_factory=set)

    def start(self, number: int = 0, *, short: bool = True, lease_seconds: int = 60) -> int:
        """Start a worker that dies before that SQL statement; return its process id."""
        settings = self.settings | {"lease_seconds": lease_seconds}
        pid = self._ask({"start": number, "short": short, "settings": settings})
        self.alive.add(pid)
        return pid

    def end(self, pid: int) -> int:
        """Wait until a worker is gone; return its exit status."""
        status = self._ask({"end": pid})
        self.alive.discard(pid)
        return status

    def _ask(self, command: dict[str, object]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(command)}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(MORTAL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        yield process
        process.communicate(timeout=PATIENCE_SECONDS)


@pytest.fixture
def workers(program: subprocess.Popen[str], settings: Settings) -> Iterator[Mortals]:
    names = ("database_url", "queue_url", "instance_dir")
    made = Mortals(program, {name: str(getattr(settings, name)) for name in names})
    yield made
    for pid in tuple(made.alive):
        os.kill(pid, signal.SIGKILL)
        made.end(pid)


@transaction
def let_time_pass() -> None:
    """Do what minutes would: leases run out, and what waits has waited for long."""
    long_ago = clock.now() - timedelta(minutes=2)
    for status, column in (
        (JobStatus.PROCESSING, "lease_until"),
        (JobStatus.PENDING, "updated_at"),
    ):
        changed = sa.update(Job).where(Job.status == status).values({column: long_ago})
        db.session.execute(changed)


def open_jobs(owner: User) -> int:
    db.session.remove()
    return queries.count_owned_by(owner, statuses=[JobStatus.PENDING, JobStatus.PROCESSING])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


def finish_all(workers: Mortals, owner: User, *, short: bool = True) -> None:
    """Let a worker that isn't killed do what is left, and stop it cleanly."""
    if not open_jobs(owner):
        return  # A worker that is stopped while it starts has no way to end cleanly.
    let_time_pass()
    pid = workers.start(short=short)
    wait_for(lambda: open_jobs(owner) == 0)
    os.kill(pid, signal.SIGTERM)
    assert workers.end(pid) == 0
