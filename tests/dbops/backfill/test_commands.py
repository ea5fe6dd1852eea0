"""`flask db backfill …` and `flask db revision --data`, as a person and a machine use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bacowr.dbops.backfill import driving
from bacowr.dbops.console import Console
from bacowr.dbops.events import BackfillMoved

if TYPE_CHECKING:
    from tests.plugins.project import Project

Give = Callable[..., Any]


@pytest.fixture
def begun(sqlite_project: Project, users: Give, declare: Give) -> Project:
    """A project whose backfill waits."""
    users(sqlite_project, 40)
    declare(sqlite_project)
    sqlite_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    assert sqlite_project.db("upgrade").code == 0
    return sqlite_project


def test_a_person_steers_a_backfill(begun: Project) -> None:
    app = begun.load()
    steps = (
        (("list",), 0, "pending"),
        (("pause", "a2"), 0, "is paused at 0%"),
        (("pause", "a2"), 0, "paused"),
        (("run",), 0, "All backfills are done."),
        (("status", "a2"), 0, "paused"),
        (("resume", "a2"), 0, "pending"),
        (("resume", "a2"), 0, "pending"),
        (("cancel", "a2"), 0, "canceled"),
        (("pause", "a2"), 1, "The backfill of a2 is canceled: there is nothing to pause."),
        (("run", "a2"), 0, "is done: 40 rows changed in 1 batch"),
        (("list",), 0, "succeeded  100%  40"),
        (("cancel", "a2"), 1, "nothing to cancel"),
        (("status", "a9"), 2, "no backfill of a9"),
        (("run", "a9"), 1, "No revision a9"),
    )
    for words, code, said in steps:
        outside = begun.db("backfill", *words, app=app)
        assert (outside.code, said in outside.text) == (code, True), (words, outside.text)


def test_a_machine_is_told_in_json(begun: Project) -> None:
    app = begun.load()
    for words in (("list",), ("status", "a2"), ("pause", "a2"), ("resume", "a2"), ("run",)):
        facts = begun.db("backfill", *words, "--json", app=app).facts
        assert facts["ok"] is True
        assert facts["backfills"][0]["revision"] == "a2"
    assert facts["backfills"][0]["state"] == "succeeded"
    assert facts["backfills"][0]["share"] == 1
    assert begun.db("backfill", "pause", "a2", "--json", app=app).facts["ok"] is False


def test_there_may_be_none_and_no_file_is_made(sqlite_project: Project, users: Give) -> None:
    users(sqlite_project, 1)
    assert "0 backfills." in sqlite_project.db("backfill", "list").text
    assert not (sqlite_project.folder.parent / "test.db").exists()


@pytest.mark.usefixtures("small_batches")
def test_a_pause_takes_effect_between_two_batches(
    begun: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = begun.load()
    told: list[BackfillMoved] = []

    def listen(event: Any) -> None:  # noqa: ANN401 - Any event.
        if not told:
            told.append(event)
            assert begun.db("backfill", "pause", "a2").code == 0

    monkeypatch.setattr(driving, "emit", listen)
    outside = begun.db("backfill", "run", "--json", app=app)
    (status,) = outside.facts["backfills"]
    assert (status["state"], status["changed"], status["owner"]) == ("paused", 7, "")
    assert begun.scalars("SELECT count(*) FROM users WHERE hits = 1") == [7]


def test_progress_is_a_bar_on_a_terminal_and_a_line_now_and_then_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = BackfillMoved("a2 users", 250, 1000, 12.0)
    Console(is_terminal=True)(moved)
    assert capsys.readouterr().out == (
        "\r    a2 users [" + "#" * 8 + "-" * 22 + "]  25%  250 of 1,000  12.0 s left  "
    )
    monkeypatch.setattr("bacowr.dbops.console.LINE_EVERY", -1.0)
    Console(is_terminal=False)(moved)
    assert capsys.readouterr().out == (
        "dbops backfill a2 users: 25%, 250 of 1,000 rows  12.0 s left\n"
    )
    Console(is_terminal=False)(BackfillMoved("a2 users", 0, 0))
    assert capsys.readouterr().out == "dbops backfill a2 users: 100%, 0 of 0 rows\n"


def test_a_data_revision_is_written_with_a_backfill_to_fill_in(
    sqlite_project: Project, users: Give, stand: Give
) -> None:
    users(sqlite_project, 3)
    assert sqlite_project.db("upgrade").code == 0
    words = ("revision", "--data", "-m", "Fill users.locale from the country", "--rev-id", "a2")
    assert sqlite_project.db(*words).code == 0
    (path,) = (sqlite_project.folder / "migrations" / "versions").glob("a2_*.py")
    text = path.read_text()
    outside = sqlite_project.db("upgrade")
    assert outside.code == 1
    assert "There is no table TABLE to backfill." in outside.text
    for placeholder, name in (("TABLE", "users"), ("NEW", "locale"), ("OLD", "country")):
        text = text.replace(placeholder, name)
    path.write_text(text)
    assert "import sqlalchemy" not in text
    assert "dbops_class" in text
    assert sqlite_project.db("upgrade").code == 0
    assert stand(sqlite_project)["changed"] == 3
    lint = sqlite_project.db("lint", "--range", "a1:a2")
    assert lint.code == 0, lint.text
    assert "a2_" not in lint.text
    script = sqlite_project.db("upgrade", "--sql", "a1:a2").text
    assert "UPDATE users SET locale = lower(country) WHERE (locale IS NULL);" in script


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--data", "-m", "wip"), 1), (("--data", "--autogenerate", "-m", "Fill a column"), 2)],
)
def test_a_data_revision_needs_a_meaning(
    sqlite_project: Project, users: Give, words: tuple[str, ...], code: int
) -> None:
    users(sqlite_project, 1)
    assert sqlite_project.db("revision", *words).code == code
