"""What comes out of the runner where no command listens, and how runs end that are ended."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import flask_migrate
import pytest
from alembic import command
from alembic.config import Config

from bacowr.dbops.env import to_log
from bacowr.dbops.errors import Refused
from bacowr.dbops.events import CopyProgress, Direction, Retrying, RunDone, WaitingForLock
from bacowr.dbops.extension import DbOps
from bacowr.dbops.stop import stop_on_sigterm

if TYPE_CHECKING:
    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"


def test_a_program_finds_the_news_in_the_log(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.add("a001", CREATE)
    path = project.add("a002", "op.add_column('users', sa.Column('x', sa.Text))")
    app = project.load()
    with app.app_context():
        flask_migrate.upgrade()
    path.unlink()
    with app.app_context(), caplog.at_level(logging.INFO):
        flask_migrate.upgrade()
    assert "ahead of this code by 1 (compatible): a002" in caplog.text


def test_waiting_and_retrying_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        to_log(WaitingForLock("Process 7", 3))
        to_log(Retrying("a001", 1, 0.5, "backend 9"))
        to_log(RunDone(Direction.UPGRADE, (), (), 1, "Applied by process 7."))
        to_log(CopyProgress("t", 1, 2))
    assert [record.message for record in caplog.records] == [
        "Waiting up to 3 s for Process 7.",
        "a001: a lock was not free (backend 9); trying again in 0.5 s.",
        "Applied by process 7.",
    ]


def test_sigterm_ends_a_run_cleanly(project: Project) -> None:
    project.add("a001", CREATE)
    project.add("a002", "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)")
    result = project.db("upgrade")
    assert result.code == 128 + signal.SIGTERM
    assert "Stopped by SIGTERM" in result.err
    assert project.heads() == ["a001"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_handler_of_the_applications_own_stays() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with stop_on_sigterm():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


def test_a_thread_may_migrate_without_a_handler() -> None:
    done: list[bool] = []

    def work() -> None:
        with stop_on_sigterm():
            done.append(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.fixture
def in_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Stand in the project's folder as the plain `alembic` command would."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr(sys, "path", [str(project.folder), *sys.path])
    monkeypatch.delitem(sys.modules, "app", raising=False)
    for name, value in project.surroundings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FLASK_APP", "app")
    config = Config()
    config.set_main_option("script_location", "migrations")
    return config


def test_the_application_is_loaded_where_there_is_none(
    project: Project, in_folder: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.add("a001", CREATE)
    command.upgrade(in_folder, "head")
    assert project.heads() == ["a001"]
    monkeypatch.delitem(sys.modules, "app")
    monkeypatch.setenv("FLASK_APP", "missing_one")
    with pytest.raises(Refused, match="application could not be loaded"):
        command.upgrade(in_folder, "head")


def test_an_application_without_flask_migrate_is_refused(
    project: Project, in_folder: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "bare.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    monkeypatch.setenv("FLASK_APP", "bare")
    with pytest.raises(Refused, match="Flask-Migrate is not set up"):
        command.upgrade(in_folder, "head")
    with pytest.raises(Refused, match="Flask-Migrate is not set up"):
        DbOps().init_app(sys.modules["bare"].app)
    monkeypatch.delitem(sys.modules, "bare")


def test_the_ini_files_logging_is_set_up_without_silencing_others(
    project: Project, in_folder: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[loggers]\nkeys=root\n[handlers]\nkeys=\n[formatters]\nkeys=\n"
    text += "[logger_root]\nlevel=ERROR\nhandlers=\n"
    ini = project.folder / "own.ini"
    ini.write_text(f"[alembic]\nscript_location=migrations\n{text}")
    root, mine = logging.getLogger(), logging.getLogger("somebody.elses")
    monkeypatch.setattr(root, "handlers", [])
    before = root.level
    try:
        command.current(Config(str(ini)))
        assert root.level == logging.ERROR
        assert not mine.disabled
    finally:
        root.setLevel(before)
    del in_folder


def test_errors_and_refusals_are_one_line_of_json_too(project: Project) -> None:
    project.add("a001", "op.execute('nonsense')")
    result = project.db("upgrade", "--json")
    assert result.code == 1
    assert '"ok": false' in result.out
    assert "Traceback" not in result.text
    unknown = project.db("upgrade", "--nonsense")
    assert unknown.code == 2


def test_a_broken_file_of_a_stock_command_is_explained(project: Project) -> None:
    path = project.add("a001", "pass")
    path.write_text("def upgrade(:\n")
    result = project.db("history")
    assert result.code == 2
    assert "Traceback" not in result.text


PLAIN = """
import os
from types import SimpleNamespace

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate

from bacowr.dbops.extension import DbOps


def create_app():
    app = Flask(__name__)
    engine = sa.create_engine(os.environ["DATABASE_URL"], poolclass=sa.NullPool)
    db = SimpleNamespace(engine=engine, metadata=METADATA)
    folder = os.path.join(os.path.dirname(__file__), "migrations")
    Migrate().init_app(app, db, directory=folder)
    DbOps().init_app(app, db)
    return app
"""


@pytest.mark.parametrize("metadata", ["sa.MetaData()", "None"])
def test_plain_metadata_or_none_is_enough(project: Project, metadata: str) -> None:
    (project.folder / "app.py").write_text(PLAIN.replace("METADATA", metadata))
    project.add("0001", CREATE)
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.heads() == ["0001"]
