"""Following a job on the terminal until it ends."""

import sys
import threading
from collections.abc import Sequence
from enum import IntEnum
from time import monotonic, sleep

import click

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.jobs import queries
from bacowr.jobs.models import Job, JobStep
from bacowr.jobs.runner import Runner
from bacowr.jobs.states import JobStatus, StepStatus

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 10.0
MARKS = {
    StepStatus.QUEUED: "·",
    StepStatus.RUNNING: "▸",
    StepStatus.DONE: "✓",
    StepStatus.FAILED: "✗",
}
NOBODY = (
    "No worker has taken it: is `flask worker` running? The order is kept and waits;"
    " `flask jobs show {id}` tells how it stands, and --here runs an order in this process."
)


class Ending(IntEnum):
    """How following a job ended; the exit status of the command."""

    DELIVERED = 0
    FAILED = 1
    BLOCKED = 3
    WAITS = 4


ENDINGS = {JobStatus.DELIVERED: Ending.DELIVERED, JobStatus.BLOCKED: Ending.BLOCKED}


def follow(job_id: str, *, owner: User, runner: Runner | None) -> Ending:
    """Show a job's steps until it ends, or until nobody has taken it for ten seconds.

    With a `runner` the job runs in this process meanwhile, unless a worker was faster; Ctrl-C
    then hands it back after the step that runs.
    """
    if runner is None:
        return _watch(job_id, owner)
    thread = threading.Thread(target=runner.run, args=[job_id], name="runner")
    thread.start()
    try:
        return _watch(job_id, owner)
    finally:
        runner.stopping.set()
        thread.join()


def _watch(job_id: str, owner: User) -> Ending:
    shown, waits_since = Progress(live=_is_terminal()), monotonic()
    while True:
        job, steps = _look(job_id, owner)
        shown.update(steps)
        if job.has_ended:
            shown.end()
            return ENDINGS.get(job.status, Ending.FAILED)
        if job.status is JobStatus.PROCESSING:
            waits_since = monotonic()
        elif monotonic() - waits_since > PATIENCE_SECONDS:
            shown.end()
            click.echo(NOBODY.format(id=job_id), err=True)
            return Ending.WAITS
        sleep(LOOK_SECONDS)


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _look(job_id: str, owner: User) -> tuple[Job, Sequence[JobStep]]:
    db.session.remove()  # The next look must see what others have stored meanwhile.
    job = queries.get(job_id, owner=owner)
    return job, queries.steps_of(job)


class Progress:
    """Steps as they come: one line that changes on a terminal, else one line for each."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._told: dict[str, StepStatus] = {}

    def update(self, steps: Sequence[JobStep]) -> None:
        """Show what has changed."""
        current = {step.name: step.status for step in steps}
        if current == self._told:
            return
        if self._live:
            line = "  ".join(f"{MARKS[status]} {name}" for name, status in current.items())
            click.echo(f"\r{line}", nl=False, err=True)
        else:
            for name, status in current.items():
                if status is not self._told.get(name, StepStatus.QUEUED):
                    click.echo(f"{MARKS[status]} {name}: {status}", err=True)
        self._told = current

    def end(self) -> None:
        """Leave the line that changes."""
        if self._live:
            click.echo(err=True)
