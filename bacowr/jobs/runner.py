"""Running one job in this process: claim it, do its steps, store what came of it.

No transaction is open while a step runs: every touch of the database is a short session of its
own, and a step may take minutes over somebody else's web server.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from bacowr.base.db import db
from bacowr.engine import pipeline
from bacowr.engine.order import Order
from bacowr.engine.outcome import Aborted
from bacowr.engine.ports import Ports
from bacowr.engine.shapes import to_json
from bacowr.engine.steps.step import Step
from bacowr.jobs import queries, service, workers
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.heartbeat import Context, Heartbeat
from bacowr.jobs.leases import Lease, LeaseLost
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import outcome_of

BUG = "INTERNAL"
BUG_MESSAGE = "Something went wrong inside BACOWR; the log says more under this job's id."

log = structlog.get_logger(__name__)


def installed(
    context: Context,
    *,
    equipment: Equipment,
    lease_seconds: int,
    is_closed: Callable[[], bool] = lambda: False,
) -> Runner:
    """Build the runner of this process."""
    return Runner(
        worker=workers.new_name(),
        context=context,
        equipment=equipment,
        lease_seconds=lease_seconds,
        is_closed=is_closed,
    )


@dataclass(frozen=True)
class Runner:
    """Runs jobs under one worker's name.

    `context` opens a database session of its own; `stopping` makes it hand its jobs back after
    the step that runs, and so does a maintenance window (`is_closed`, asked in a context), in
    which it takes none.
    """

    worker: str
    context: Context
    equipment: Equipment
    lease_seconds: int
    is_closed: Callable[[], bool] = lambda: False
    stopping: threading.Event = field(default_factory=threading.Event)
    held: set[Lease] = field(default_factory=set)

    def run(self, job_id: str) -> bool:
        """Run a job to its end; False when it doesn't wait, or another worker has it."""
        if self.rests():
            return False
        with self.context():
            lease = service.claim(job_id, worker=self.worker, seconds=self.lease_seconds)
        if lease is None:
            return False
        self.held.add(lease)
        try:
            with (
                structlog.contextvars.bound_contextvars(job_id=job_id, attempt=lease.attempt),
                Heartbeat(lease, seconds=self.lease_seconds, context=self.context),
            ):
                self._carry_out(lease)
        except LeaseLost:
            log.info("lease_lost", job_id=job_id)
        finally:
            self.held.discard(lease)
        return True

    def rests(self) -> bool:
        """Tell whether a maintenance window keeps this process from working."""
        with self.context():
            return self.is_closed()

    def let_go(self) -> None:
        """Hand back every job that is held, for when this process can't wait for its steps."""
        for lease in tuple(self.held):
            try:
                with self.context():
                    service.hand_back(lease)
            except LeaseLost:
                continue

    def _carry_out(self, lease: Lease) -> None:
        order, outputs = self._load(lease)
        try:
            with _bugs_told(step="equipment"):
                ports = self.equipment.of(lease, self.context)
            for step in pipeline.STEPS:
                if step.name in outputs:
                    continue
                if self.stopping.is_set() or self.rests():
                    with self.context():
                        service.hand_back(lease)
                    return
                outputs[step.name] = self._run_step(lease, step, outputs, (order, ports))
            with _bugs_told(step="outcome"):
                outcome = outcome_of(outputs)
        except _Failed as failed:
            with self.context():
                service.fail(lease, code=failed.code, message=failed.message)
        else:
            with self.context():
                service.finish(lease, outcome)

    def _load(self, lease: Lease) -> tuple[Order, dict[str, dict[str, Any]]]:
        with self.context():
            job = db.session.get_one(Job, lease.job_id)
            return job.order, queries.outputs_of(job)

    def _run_step(
        self,
        lease: Lease,
        step: Step,
        outputs: Mapping[str, dict[str, Any]],
        given: tuple[Order, Ports],
    ) -> dict[str, Any]:
        order, ports = given
        with self.context():
            service.start_step(lease, step.name, input_hash=_input_hash(order, outputs))
        with _bugs_told(step=step.name):
            output = step.run(order, outputs, ports)
        with self.context():
            service.finish_step(lease, step.name, output)
        return output


class _Failed(Exception):  # noqa: N818  # Named after what happened, as base.errors does.
    """The job can't go on; `code` and `message` are kept with it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@contextmanager
def _bugs_told(*, step: str) -> Iterator[None]:
    """Log what no step should raise, and tell it in words that give nothing away."""
    try:
        yield
    except LeaseLost:
        raise
    except Aborted as aborted:
        raise _Failed(aborted.code, aborted.message) from aborted
    except Exception as error:
        log.exception("step_failed", step=step)
        raise _Failed(BUG, BUG_MESSAGE) from error


def _input_hash(order: Order, outputs: Mapping[str, dict[str, Any]]) -> str:
    """Hash what a step starts from, to tell later whether it would start from the same."""
    text = json.dumps([to_json(order), outputs], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
