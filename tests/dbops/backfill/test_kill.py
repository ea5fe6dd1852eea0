"""A real backfill is killed before and after its statements; the next run ends as if it wasn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project
    from tests.plugins.zygote import Zygote

KILLER = """
import itertools, signal
import sqlalchemy as sa
from bacowr.dbops.backfill import driving, pace

driving.FIRST_SIZE = 7
pace.TARGET_SECONDS = pace.SQLITE_TARGET_SECONDS = 3600.0
when = int(os.environ.get("KILL_AT", "0"))
count = itertools.count(1)


def step(*call, **_):
    number = next(count)
    with open("steps", "w") as steps:
        steps.write(str(number))
    if number == when:
        os.kill(os.getpid(), signal.SIGKILL)


for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
    sa.event.listen(sa.Engine, event, step)
"""
WANTED = {(f"{3 * n}:C{n}:c{n}:1") for n in range(1, 41)}


def contents(project: Project) -> set[object]:
    query = "SELECT id || ':' || country || ':' || locale || ':' || hits FROM users"
    return set(project.scalars(query))


def arm(project: Project) -> None:
    program = project.folder / "app.py"
    program.write_text(program.read_text() + KILLER)
    project.config["DBOPS_BACKFILL_BUDGET"] = "0"


def set_back(project: Project) -> None:
    project.execute("UPDATE users SET locale = NULL, hits = 0")
    values = "state = 'pending', sweep = 0, scanned = 0, changed = 0, batches = 0, batch_size = 0"
    texts = ", ".join(f"{name} = ''" for name in ("cursor", "high", "owner", "stuck"))
    project.execute(f"UPDATE dbops_backfills SET {values}, {texts}")


def harass(project: Project, zygote: Zygote, stride: int) -> str:
    """Kill a run at every so many steps; say how often."""
    assert zygote.run(project, "upgrade")[0] == 0
    code, text = zygote.run(project, "backfill", "run")
    assert code == 0, text
    assert contents(project) == WANTED
    steps = int((project.folder / "steps").read_text())
    killed = 0
    for number in range(1, steps + 1, stride):
        set_back(project)
        code, text = zygote.run(project, "backfill", "run", KILL_AT=str(number))
        assert code == -9, text
        killed += 1
        code, text = zygote.run(project, "backfill", "run")
        assert code == 0, text
        told = project.scalars("SELECT state || ' ' || changed FROM dbops_backfills")
        assert told == ["succeeded 40"], (number, text)
        assert contents(project) == WANTED, number
    assert killed > 2
    return f"{killed} kills at {steps} steps"


def test_a_killed_backfill_goes_on(declared: Project, zygote: Zygote) -> None:
    arm(declared)
    harass(declared, zygote, 23)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_killed_backfill_goes_on_from_every_step(
    declared: Project, zygote: Zygote, capsys: pytest.CaptureFixture[str]
) -> None:
    arm(declared)
    told = harass(declared, zygote, 1)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - The counts of a long run.
