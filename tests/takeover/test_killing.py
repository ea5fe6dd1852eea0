"""A takeover that is killed at any moment is gone on with, and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bacowr.app import create_app
from bacowr.base.db import db
from bacowr.takeover import running
from config import Settings
from tests.takeover import older
from tests.takeover.conftest import Answer

POSTGRES = pytest.param("postgresql", marks=[pytest.mark.long, pytest.mark.postgres])
pytestmark = pytest.mark.parametrize("settings", ["sqlite", POSTGRES], indirect=True)
TakeOver = Callable[..., Answer]
TABLES = ("users", "api_keys", "backlinks", "legacy_records", "quarantined_rows")


def die_after(statements: int, settings: Settings, url: str) -> int:
    """Take over in a child that kills itself before a statement; return how it ended."""
    pid = os.fork()
    if pid == 0:
        try:
            _die(statements, settings, url)
        except BaseException:  # noqa: BLE001  # A child ends here, whatever happened.
            traceback.print_exc(file=sys.__stderr__)
        os._exit(99)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _die(statements: int, settings: Settings, url: str) -> None:
    running.BATCH = 7
    left = statements

    def count(*_: Any) -> None:  # noqa: ANN401
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    app = create_app(settings)
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", count)
        sa.event.listen(db.engine, "commit", count)
        result = app.test_cli_runner().invoke(args=["db", "takeover", url])
    os._exit(result.exit_code)


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Return today's rows, without what is different in each run."""
    found = {}
    with db.engine.connect() as connection:
        for table in TABLES:
            rows = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings()
            found[table] = [
                tuple(value for name, value in row.items() if name != "takeover_id") for row in rows
            ]
    return found


def rows() -> older.Rows:
    made = older.many(40)
    made["backlinks"] += [older.backlink("twin", "anna", publisher_url="https://tidning.se/3")]
    made["job_results"] = older.faulty()["job_results"]
    return made


@pytest.mark.parametrize(
    "step", [17, pytest.param(3, marks=pytest.mark.long), pytest.param(1, marks=pytest.mark.long)]
)
def test_the_end_is_the_same(
    step: int,
    settings: Settings,
    old_url: str,
    take_over: TakeOver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    older.build(old_url, "G0", rows())
    deaths, moment = 0, 14
    while True:
        ended = die_after(moment, settings, old_url)
        if ended != -signal.SIGKILL:
            break
        deaths, moment = deaths + 1, moment + step
    assert ended == 0
    assert deaths >= 3
    answer = take_over(old_url, "--json")
    assert "taken over before" in answer.facts["summary"]
    assert answer.table("backlinks")["merged"] == 1
    assert sum(one["present"] for one in answer.facts["tables"]) == 0
    interrupted = stored()
    with db.engine.begin() as connection:
        for table in ("usage_entries", *reversed(TABLES), "takeover_steps", "takeovers"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert take_over(old_url).code == 0
    assert stored() == interrupted
    with capsys.disabled():
        if step < 17:
            print(f"\n{deaths} deaths")  # noqa: T201
