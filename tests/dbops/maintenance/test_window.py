"""The maintenance window as a person and as a visitor meet it, in any Flask-Migrate project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from bacowr.dbops.extension import DbOps
from bacowr.dbops.maintenance.window import now
from tests.dbops.operator.conftest import run_inside
from tests.plugins.project import Project

Shift = Callable[[timedelta], None]

POOL_OF_ONE = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0}
ADD = "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))"


@pytest.fixture
def app(project: Project) -> Flask:
    """A project's application with two views."""
    app = project.load()
    app.add_url_rule("/page", "page", lambda: "hello", methods=["GET", "POST"])
    app.add_url_rule("/health", "health", lambda: "ok")
    return app


@pytest.fixture
def minute() -> Iterator[Shift]:
    with time_machine.travel("2026-11-22T10:00:00Z") as moment:
        yield moment.shift


def told(project: Project, *words: str) -> str:
    done = run_inside(project, "maintenance", *words)
    assert done.code == 0, done.text
    return done.out


def ask(app: Flask, path: str = "/page", method: str = "GET") -> int:
    """Ask as a process would that has not asked for a while."""
    app.extensions["dbops"].doorkeeper.watch.forget()
    return app.test_client().open(path, method=method).status_code


def test_a_closed_application_says_so_until_it_is_opened(project: Project, app: Flask) -> None:
    assert ask(app) == 200
    assert "open" in told(project, "status")
    assert "closed" in told(project, "on", "--message", "Back at noon.", "--for", "5")
    app.extensions["dbops"].doorkeeper.watch.forget()
    answer = app.test_client().get("/page")
    assert answer.status_code == 503
    assert "Back at noon." in answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 120
    assert ask(app, "/health") == 200
    assert "Back at noon." in told(project, "status")
    assert "open again" in told(project, "off")
    assert ask(app) == 200
    assert "no window" in told(project, "off")


def test_reading_goes_on_in_the_milder_form(project: Project, app: Flask) -> None:
    told(project, "on", "--read-only")
    assert (ask(app), ask(app, method="POST")) == (200, 503)


def test_it_ends_by_itself(project: Project, app: Flask, minute: Shift) -> None:
    assert "until 2026-11-22 11:30" in told(project, "on", "--until", "11:30")
    assert ask(app) == 503
    minute(timedelta(hours=1, minutes=31))
    assert ask(app) == 200
    assert "by itself" in told(project, "status")


def test_an_end_is_tomorrows_when_today_has_passed_it(project: Project, minute: Shift) -> None:
    assert minute is not None
    assert "until 2026-11-23 09:00" in told(project, "on", "--until", "09:00")
    wrong = run_inside(project, "maintenance", "on", "--until", "2026-11-22T09:00")
    assert wrong.code == 2
    assert "has passed" in wrong.text
    assert "until 2026-11-23 09:00" in told(project, "status")


def test_who_passes_is_the_applications_to_say(project: Project) -> None:
    app = project.load()
    app.add_url_rule("/admin", "admin", lambda: "hello")
    ops = DbOps(passes=lambda: True, guards_requests=False)
    ops.init_app(app)
    app.before_request_funcs.clear()
    app.before_request(ops.check_window)
    told(project, "on")
    assert ask(app, "/admin") == 200
    with app.app_context():
        assert app.extensions["dbops"].doorkeeper.is_closed()


def test_what_was_known_stands_while_the_database_cannot_be_asked(
    project: Project, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(project, "on")
    assert ask(app) == 503

    def away(engine: sa.Engine) -> object:
        raise engine.dialect.loaded_dbapi.OperationalError("away")

    monkeypatch.setattr(sa.Engine, "raw_connection", away)
    assert ask(app) == 503


def test_what_was_known_stands_while_the_pool_is_empty(project: Project) -> None:
    project.config["SQLALCHEMY_ENGINE_OPTIONS"] = POOL_OF_ONE
    app = project.load()
    told(project, "on")
    assert ask(app, "/page") == 503
    with app.app_context(), app.extensions["migrate"].db.engine.connect():
        assert ask(app, "/page") == 503


def test_a_process_that_serves_does_not_connect_anew_each_time(
    project: Project, app: Flask
) -> None:
    made: list[object] = []
    with app.app_context():
        engine = app.extensions["migrate"].db.engine
    sa.event.listen(engine, "connect", lambda connection, _: made.append(connection))
    assert [ask(app), ask(app), ask(app)] == [200, 200, 200]
    assert len(made) == 1
    done = project.db("maintenance", "status", app=app)
    assert done.code == 0, done.text
    assert len(made) > 1
    assert engine.pool.checkedin() == 1, "A command leaves no connection behind."


def test_an_upgrade_closes_and_opens(project: Project) -> None:
    project.add("0001", ADD)
    done = run_inside(project, "upgrade", "--maintenance", "--drain", "0")
    assert done.code == 0, done.text
    assert done.err.index("is closed") < done.err.index("open again")
    again = run_inside(project, "upgrade", "--maintenance", "--drain", "0")
    assert again.code == 0
    assert "closed" not in again.text, "Nothing was pending."


def test_a_failed_upgrade_leaves_it_closed_with_a_way_out(project: Project, app: Flask) -> None:
    project.add("0001", ADD)
    file = project.add("0002", "raise ValueError('broken')")
    done = run_inside(project, "upgrade", "--maintenance", "--drain", "0")
    assert done.code == 1
    assert "stays closed" in done.text
    assert ask(app) == 503
    doctor = run_inside(project, "doctor")
    assert "flask db maintenance off" in doctor.text
    file.write_text(file.read_text().replace("raise ValueError('broken')", "pass"))
    assert run_inside(project, "upgrade", "--maintenance", "--drain", "0").code == 0
    assert ask(app) == 200


def test_a_window_made_by_hand_outlives_the_upgrade(project: Project, app: Flask) -> None:
    project.add("0001", ADD)
    told(project, "on", "--for", "90")
    assert run_inside(project, "upgrade", "--maintenance", "--drain", "0").code == 0
    assert ask(app) == 503
    assert "by hand" in told(project, "status")
    assert "for maintenance until" in run_inside(project, "doctor").text


def test_what_is_at_work_is_waited_for(project: Project) -> None:
    project.add("0001", ADD)
    app = project.load()
    left = [3, 2, 1, 0]
    app.extensions["dbops"].busy = lambda: left.pop(0)
    with app.app_context():
        done = project.db("upgrade", "--maintenance", "--drain", "20", app=app)
    assert done.code == 0, done.text
    assert left == []


def test_waiting_has_an_end(project: Project) -> None:
    project.add("0001", ADD)
    app = project.load()
    app.extensions["dbops"].busy = lambda: 2
    done = project.db("upgrade", "--maintenance", "--drain", "0.1", app=app)
    assert done.code == 0, done.text
    assert "2 more at work" in done.text


@pytest.mark.postgres
def test_an_open_transaction_is_waited_for(postgres_project: Project) -> None:
    postgres_project.add("0001", ADD)
    engine = sa.create_engine(postgres_project.url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        done = run_inside(postgres_project, "upgrade", "--maintenance", "--drain", "0.1")
    engine.dispose()
    assert done.code == 0, done.text
    assert "1 more at work" in done.text


def test_a_machine_reads_it(project: Project) -> None:
    said = run_inside(project, "maintenance", "on", "--json").facts["window"]
    assert said["mode"] == "closed"
    assert said["until"] > now().isoformat()
    assert run_inside(project, "maintenance", "off", "--json").facts["window"] is None
