"""Somebody to own the jobs, and a short pipeline."""

from __future__ import annotations

import pytest

from bacowr.accounts.models import User
from bacowr.engine import pipeline
from tests.plugins.application import NewUser
from tests.plugins.mortals import program, workers
from tests.plugins.short_pipeline import Pipeline

__all__ = ["program", "workers"]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """A pipeline of four steps in place of the engine's."""
    made = Pipeline()
    monkeypatch.setattr(pipeline, "STEPS", made.steps())
    return made


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user()
