"""`flask batches`: a sheet looked over and started, and a batch steered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.batches.models import Batch, BatchStatus
from bacowr.jobs.models import Job
from tests.plugins.application import NewUser

Run = Callable[..., tuple[int, str, str]]
ROWS = (
    "publisher,target,anchor\n"
    "one.example,https://shop.example/a,first\n"
    "two.example,https://shop.example/b,second\n"
    "two.example,https://shop.example/b,second\n"
    ",nonsense,third\n"
)


@pytest.fixture
def run(app: Flask, new_user: NewUser) -> Run:
    """A function that runs `flask batches …` for an editor: (exit status, output, errors)."""
    new_user("editor@example.org")
    new_user("reader@example.org", role=Role.VIEWER)

    def invoke(*words: str, owner: str = "editor@example.org") -> tuple[int, str, str]:
        env = {"BACOWR_OWNER": owner}
        result = app.test_cli_runner().invoke(args=["batches", *words], env=env)
        db.session.expire_all()
        return result.exit_code, result.stdout, result.stderr

    return invoke


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    path.write_text(ROWS)
    return str(path)


def count(model: type[Job | Batch]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_sheet_is_looked_over_and_nothing_is_ordered(run: Run, sheet: str) -> None:
    status, output, errors = run("create", sheet)
    assert status == 0
    assert "2 of 4 rows would be ordered" in output
    assert "row 5, publisher: '': This field is required." in errors
    assert "row 4: Row 3 is the same." in errors
    assert (count(Job), count(Batch)) == (0, 0)


def test_what_was_found_comes_as_json(run: Run, sheet: str) -> None:
    found = json.loads(run("create", sheet, "--json")[1])
    assert [each["kind"] for each in found["rows"]] == ["good", "good", "duplicate", "faulty"]
    assert found["rows"][3]["faults"][0]["fix"]
    assert (found["taken"], found["estimated_cost"]) == (2, 0.0)


def test_a_file_is_started_once(run: Run, sheet: str) -> None:
    status, output, _ = run("create", sheet, "--start", "--name", "Night", "--cap", "2", "--json")
    assert status == 0
    batch = json.loads(output)
    assert (batch["name"], batch["status"], batch["cap"]) == ("Night", "pending", 2.0)
    assert batch["jobs"]["held"] == 2
    status, _, errors = run("create", sheet, "--start")
    assert status == 1
    assert batch["id"] in errors
    assert count(Job) == 2


def test_a_batch_is_steered(run: Run, sheet: str) -> None:
    run("create", sheet, "--at", "tonight", "--zone", "Europe/Oslo")
    batch = db.session.scalars(sa.select(Batch)).one()
    assert "23:00 Europe/Oslo" in run("show", batch.id)[1]
    assert batch.id in run("list")[1]
    assert json.loads(run("list", "--json")[1])[0]["id"] == batch.id
    for verb, found in (
        ("pause", BatchStatus.PAUSED),
        ("resume", BatchStatus.PENDING),
        ("cancel", BatchStatus.CANCELED),
    ):
        assert run(verb, batch.id)[0] == 0
        assert db.session.get_one(Batch, batch.id).status == found
    status, _, errors = run("retry", batch.id)
    assert (status, "canceled" in errors) == (1, True)


def test_a_reader_starts_nothing(run: Run, sheet: str) -> None:
    status, _, errors = run("create", sheet, "--start", owner="reader@example.org")
    assert (status, count(Batch)) == (1, 0)
    assert "batches.create" in errors


def test_what_is_no_sheet_or_no_moment_is_told(run: Run, sheet: str, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.json"
    nothing.write_text("{")
    assert "not JSON" in run("create", str(nothing))[2]
    assert "has passed" in run("create", sheet, "--at", "2001-01-01T10:00")[2]
    assert count(Batch) == 0
