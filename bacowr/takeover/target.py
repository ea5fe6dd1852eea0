"""Today's side of a takeover: the database that rows go to, or one that is only imagined."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bacowr.accounts.models import User
from bacowr.base.db import Model, db
from bacowr.batches.models import Batch
from bacowr.campaigns.models import Campaign, Template
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.takeover.conversion.records import Record

Values = Mapping[str, Any]
KINDS: dict[str, Any] = {
    "users": User,
    "jobs": Job,
    "batches": Batch,
    "campaigns": Campaign,
    "templates": Template,
}


class Target(Protocol):
    """Where rows go; it knows which are there."""

    def present(self, model: type[Model], ids: Iterable[str]) -> Collection[str]:
        """Return which of the ids are there."""

    def delivered(self, ids: Iterable[str]) -> Collection[str]:
        """Return which of these jobs were delivered."""

    def owners(self, batch_ids: Iterable[str]) -> Mapping[str, str]:
        """Return whose these batches are."""

    def write(self, records: Sequence[Record]) -> None:
        """Add rows, unless they are there."""


class Stored:
    """Today's database; only used within a unit of work."""

    def present(self, model: type[Model], ids: Iterable[str]) -> Collection[str]:
        """Return which of the ids are there."""
        select = sa.select(model.id).where(model.id.in_(sorted(set(ids))))
        return set(db.session.scalars(select))

    def delivered(self, ids: Iterable[str]) -> Collection[str]:
        """Return which of these jobs were delivered."""
        wanted = sorted(set(ids))
        select = sa.select(Job.id).where(Job.id.in_(wanted), Job.status == JobStatus.DELIVERED)
        return set(db.session.scalars(select))

    def owners(self, batch_ids: Iterable[str]) -> Mapping[str, str]:
        """Return whose these batches are."""
        wanted = sorted(set(batch_ids))
        select = sa.select(Batch.id, Batch.owner_id).where(Batch.id.in_(wanted))
        return {one: owner for one, owner in db.session.execute(select)}  # noqa: C416  # Rows.

    def write(self, records: Sequence[Record]) -> None:
        """Add rows, unless they are there: what is made of a row has the same id each time."""
        rows: dict[type[Model], list[dict[str, Any]]] = {}
        for model, values in records:
            rows.setdefault(model, []).append(values)
        is_sqlite = db.engine.dialect.name == "sqlite"
        insert = sqlite.insert if is_sqlite else postgresql.insert
        for model, several in rows.items():
            db.session.execute(insert(model).on_conflict_do_nothing(), several)


class Imagined:
    """A database that is empty at first and keeps only ids; for finding out beforehand."""

    def __init__(self) -> None:
        self._ids: dict[type[Model], set[str]] = {}
        self._delivered: set[str] = set()
        self._owners: dict[str, str] = {}

    def present(self, model: type[Model], ids: Iterable[str]) -> Collection[str]:
        """Return which of the ids are there."""
        return self._ids.get(model, set()).intersection(ids)

    def delivered(self, ids: Iterable[str]) -> Collection[str]:
        """Return which of these jobs were delivered."""
        return self._delivered.intersection(ids)

    def owners(self, batch_ids: Iterable[str]) -> Mapping[str, str]:
        """Return whose these batches are."""
        return {one: self._owners[one] for one in batch_ids if one in self._owners}

    def write(self, records: Sequence[Record]) -> None:
        """Note what would be written."""
        for model, values in records:
            if model in KINDS.values():
                self._ids.setdefault(model, set()).add(values["id"])
            if values.get("status") is JobStatus.DELIVERED:
                self._delivered.add(values["id"])
            if model is Batch:
                self._owners[values["id"]] = values["owner_id"]
