"""Today's database, and the command that takes an older one over into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.base.db import db


@dataclass
class Answer:
    """What the command said."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return facts

    def table(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in self.facts["tables"] if one["table"] == name)
        return found


@pytest.fixture
def old_url(tmp_path: Path) -> str:
    """The address of an older database that is still to be built."""
    return f"sqlite:///{tmp_path / 'old.db'}"


@pytest.fixture
def take_over(app: Flask) -> Callable[..., Answer]:
    """A function that runs `flask db takeover`."""

    def run(*arguments: str) -> Answer:
        result = app.test_cli_runner().invoke(args=["db", "takeover", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def scalars(app: Flask) -> Callable[..., list[Any]]:
    """A function that asks today's database."""
    del app

    def ask(query: str, **given: object) -> list[Any]:
        with db.engine.connect() as connection:
            return list(connection.execute(sa.text(query), given).scalars())

    return ask
