"""Fixtures of the audit log's tests: a log with rows in it, and hands that meddle with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.audit import service
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db, transaction

Write = Callable[..., None]
Meddle = Callable[..., None]


@pytest.fixture
def write(app: Flask) -> Write:
    """A function that writes so many rows, a unit of work each."""
    del app

    @transaction
    def one(number: int, data: dict[str, Any]) -> None:
        service.note("thing.make", "things", f"thing-{number}", actor=None, number=number, **data)

    def make(count: int, **data: Any) -> None:  # noqa: ANN401  # Whatever JSON holds.
        for number in range(count):
            one(number, data)

    return make


@pytest.fixture
def meddle(app: Flask) -> Meddle:
    """A function that runs a statement past the application, as an intruder would."""
    del app

    def run(statement: sa.Executable) -> None:
        with db.engine.begin() as connection:
            connection.execute(statement)
        db.session.remove()

    return run


def row_at(place: int) -> sa.ColumnElement[bool]:
    """Return the condition that picks the row at a place of the chain."""
    return AuditEvent.sequence == place
