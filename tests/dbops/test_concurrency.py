"""Many upgrades at once: each revision is applied exactly once, and all end well."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.plugins.corpus import add_corpus

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres
    from tests.plugins.project import Project
    from tests.plugins.zygote import Zygote

PROCESSES = 8


def race(project: Project, zygote: Zygote, revisions: int, processes: int) -> None:
    """Start all at once, and look that every revision was applied once, and by anybody."""
    pids = [zygote.start(project, "upgrade") for _ in range(processes)]
    codes = {pid: zygote.wait(pid) for pid in pids}
    texts = {pid: zygote.output(project, pid) for pid in pids}
    assert set(codes.values()) == {0}, {texts[pid] for pid, code in codes.items() if code}
    done = "SELECT revision FROM dbops_log WHERE outcome = 'done' ORDER BY id"
    assert project.scalars(done) == [f"r{number:03}" for number in range(revisions)]
    assert project.heads() == [f"r{revisions - 1:03}"]
    assert project.tables() == {"people", "orders", "labels", "links"}
    assert project.scalars("SELECT max(uses) FROM labels WHERE id = 4") in ([5], [(5 + 10) * 2])


def prepare(project: Project, zygote: Zygote, *, middle: bool) -> int:
    revisions = add_corpus(project)
    if middle:
        code, text = zygote.run(project, "upgrade", "r017")
        assert code == 0, text
    return revisions


def trials(
    request: pytest.FixtureRequest, zygote: Zygote, *, count: int, processes: int, middle: bool
) -> str:
    """Race a number of times, each on a database of its own."""
    project: Project = request.getfixturevalue("project")
    revisions = prepare(project, zygote, middle=middle)
    origin = project.url
    for number in range(count):
        if origin.startswith("sqlite"):
            target = project.folder / f"{number}.db"
            source = Path(origin.removeprefix("sqlite:///"))
            if source.exists():
                shutil.copy(source, target)
            project.url = f"sqlite:///{target}"
            race(project, zygote, revisions, processes)
        else:
            server: Postgres = request.getfixturevalue("postgres")
            project.url = server.copy_database(origin)
            race(project, zygote, revisions, processes)
            server.drop_database(project.url)
    where = "mid-history" if middle else "fresh"
    name = origin.split(":", maxsplit=1)[0]
    return f"{name}, {where}: {count} trials of {processes} processes, all exit 0"


@pytest.mark.parametrize("middle", [False, True], ids=["fresh", "middle"])
def test_a_few_upgrades_at_once_all_end_well(
    request: pytest.FixtureRequest,
    project: Project,
    zygote: Zygote,
    capsys: pytest.CaptureFixture[str],
    *,
    middle: bool,
) -> None:
    del project  # Asked for so that the test runs on both databases.
    told = trials(request, zygote, count=1, processes=4, middle=middle)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - The count is wanted.


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("middle", [False, True], ids=["fresh", "middle"])
def test_many_upgrades_at_once_all_end_well(
    request: pytest.FixtureRequest,
    project: Project,
    zygote: Zygote,
    capsys: pytest.CaptureFixture[str],
    *,
    middle: bool,
) -> None:
    del project  # As above.
    told = trials(request, zygote, count=20, processes=PROCESSES, middle=middle)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - As above.
