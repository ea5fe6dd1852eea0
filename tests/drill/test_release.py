"""A release as it goes on a platform, with real processes, under load: nobody notices it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drill.conftest import NewDrill
from tests.drill.drill import Scale, table
from tests.drill.processes import Executed, Forked

SMALL = Scale(answers=9, threads=2, pause_seconds=0.25, seeded=1_000)
LARGE = Scale(answers=300, threads=6, pause_seconds=0.2, seeded=100_000, web_processes=2)


def test_a_release_and_its_rollback_go_unnoticed(tmp_path: Path, new_drill: NewDrill) -> None:
    drill = new_drill(f"sqlite:///{tmp_path}/bacowr.sqlite3", Forked(), SMALL)
    told = drill.run()
    assert len(told) == 7
    assert all(one.requests >= SMALL.answers for one in told)
    assert told[-1].announced


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_release_goes_unnoticed_under_load(
    database_url: str,
    tmp_path: Path,
    new_drill: NewDrill,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drill = new_drill(database_url, Executed(tmp_path), LARGE)
    told = drill.run()
    with capsys.disabled():
        print("\n".join(["", *table(told)]))  # noqa: T201 - The counts of a long run.
