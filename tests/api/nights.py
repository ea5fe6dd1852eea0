"""Batches to do something to, and what is sent to them: each is used up by one request."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import gathering, importing, service
from bacowr.batches.gathering import Gathered
from bacowr.batches.models import Batch, BatchStatus, ReviewItem
from bacowr.batches.review import service as review
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.batches.service import Plan
from bacowr.jobs.holds import Wanted
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from tests.plugins.gathered import finished, gathered
from tests.plugins.short_pipeline import ORDER

ROW = {"publisher": "publisher.example", "target": "https://target.example/page"}


@dataclass
class Nights:
    """Makes batches for one person, whose `signed` job has an article that may leave."""

    owner_id: str
    signed: Job
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def owner(self) -> User:
        """The person as stored; requests in between may have let go of any object."""
        return db.session.get_one(User, self.owner_id, populate_existing=True)

    def places(self, label: str) -> dict[str, str]:
        """Give the ids for an operation's address."""
        if "/batches/imports/" in label:
            return {"run_id": self._import()}
        if "/batches/{batch_id}" not in label:
            return {}
        batch = self._batch(label)
        select = sa.select(ReviewItem.id).where(ReviewItem.batch_id == batch.id)
        return {"batch_id": batch.id, "item_id": db.session.scalar(select) or "none"}

    def body(self, label: str, places: dict[str, str]) -> dict[str, Any] | None:
        """Give a body that an operation takes."""
        bodies: dict[str, dict[str, Any]] = {
            "/batches": {"name": "Monday", "job_ids": [finished(self.owner)[0].id]},
            "/batches/imports": {"jobs": [self._row()]},
            "/batches/imports/{run_id}/rows": {"skip": [1]},
            "/batches/imports/{run_id}/start": {"name": "Tonight"},
            "/batches/{batch_id}/export": {"export_format": "csv"},
            "/batches/{batch_id}/items/{item_id}/regenerate": {"reviewer_notes": "Shorter."},
            "/batches/{batch_id}/items/{item_id}/review": {"decision": "approve"},
            "/batches/{batch_id}/review": {
                "decisions": [{"item_id": places.get("item_id"), "decision": "approve"}]
            },
        }
        return bodies.get(label)

    def _batch(self, label: str) -> Batch:
        last = label.rpartition("/")[2]
        if last in {"pause", "resume", "cancel", "retry"}:
            return self._running(last)
        return self._approved() if last == "export" else gathered(self.owner)

    def _running(self, verb: str) -> Batch:
        batch = service.create([Wanted(ORDER, 1)], Plan("Tonight"), owner=self.owner)
        if verb == "resume":
            service.pause(batch, by=self.owner)
        if verb == "retry":
            _fail(batch)
        return batch

    def _approved(self) -> Batch:
        batch = gathering.gather(Gathered("Monday", [self.signed.id]), owner=self.owner)
        item = db.session.scalars(sa.select(ReviewItem.id).filter_by(batch_id=batch.id)).one()
        review.decide(batch, item, Choice(Verb.APPROVE, None), by=self.owner)
        return batch

    def _row(self) -> dict[str, str]:
        return ROW | {"anchor_text": f"anchor {next(self._numbers)}"}

    def _import(self) -> str:
        row = self._row()
        text = f"{','.join(row)}\n{','.join(row.values())}\n"
        return importing.bring(text, "", owner=self.owner)[0].id


@transaction
def _fail(batch: Batch) -> None:
    job = db.session.scalars(sa.select(Job).where(Job.batch_id == batch.id)).one()
    job.status, job.error_code, job.error_message = JobStatus.ABORTED, "X", "It failed."
    job.finished_at, job.is_held = clock.now(), False
    batch.status = BatchStatus.FAILED
