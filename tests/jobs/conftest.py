"""Orders to work with, and a short pipeline that tells what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.engine import pipeline
from bacowr.jobs.runner import Runner
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import Pipeline, no_world


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """A pipeline of four steps in place of the engine's."""
    made = Pipeline()
    monkeypatch.setattr(pipeline, "STEPS", made.steps())
    return made


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def runner(app: Flask) -> Runner:
    """A runner named w1, as a worker process has one."""
    return Runner(worker="w1", context=app.app_context, equipment=no_world(), lease_seconds=60)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent."""
    del app
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_args: object) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)
