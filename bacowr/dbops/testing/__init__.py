"""A pytest plugin that gives a project the tests of its history: one line in its conftest.py.

    pytest_plugins = ["bacowr.dbops.testing"]

It collects one test per revision (up, down and up again, on each database), one that the models
equal the history, one that there is a single head and one that the revisions lint without
errors. They appear at the file that `dbops_tests` names, `tests/conftest.py` by default.

In pytest's ini file:

- `dbops_app`: the application or its factory, as `package.module:create_app`; by default it is
  found as the `flask` command finds it. Or override the session fixture `dbops_app`.
- `dbops_directory`: the migrations folder, `migrations` by default.
- `dbops_dialects`: `sqlite postgresql` by default. PostgreSQL is left out, with a skip that says
  so, where the application doesn't use it and DBOPS_SCRATCH_URL isn't set. Or override the
  session fixture `dbops_postgres_url`.
- `dbops_rows`: how many rows each table gets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask.cli import ScriptInfo

from bacowr.dbops.lint.revisions import read_revisions
from bacowr.dbops.testing import cases
from bacowr.dbops.testing.history import History
from bacowr.dbops.verify.verifying import DIALECTS
from bacowr.dbops.verify.walking import ROWS

__all__ = ["dbops_app", "dbops_history", "dbops_postgres_url"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    parser.addini("dbops_app", "the application or its factory, as module:name", default="")
    parser.addini("dbops_directory", "the migrations folder", default="migrations")
    parser.addini("dbops_dialects", "where to try revisions", type="args", default=list(DIALECTS))
    parser.addini("dbops_rows", "rows for each table", default=str(ROWS))
    parser.addini("dbops_tests", "the file at which the tests appear", default="tests/conftest.py")


class HistoryModule(pytest.Module):
    """The tests of the history, at the place of another file."""

    def _getobj(self) -> ModuleType:
        return cases


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the tests where the file is that they are to appear at."""
    if file_path != parent.config.rootpath / parent.config.getini("dbops_tests"):
        return None
    return HistoryModule.from_parent(parent, path=file_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each revision on each database."""
    if metafunc.module is not cases:
        return
    if "dbops_dialect" in metafunc.fixturenames:
        metafunc.parametrize("dbops_dialect", metafunc.config.getini("dbops_dialects"))
    if "dbops_revision" in metafunc.fixturenames:
        metafunc.parametrize("dbops_revision", _revisions(metafunc.config))


def _directory(config: pytest.Config) -> Path:
    return config.rootpath / str(config.getini("dbops_directory"))


def _revisions(config: pytest.Config) -> list[str]:
    folder = _directory(config)
    alembic = Config(str(folder / "alembic.ini"))
    alembic.set_main_option("script_location", str(folder).replace("%", "%%"))
    return [one.id for one in read_revisions(ScriptDirectory.from_config(alembic))]


@pytest.fixture(scope="session")
def dbops_app(pytestconfig: pytest.Config) -> Flask:
    """The application whose history is tested."""
    module, _, name = str(pytestconfig.getini("dbops_app")).partition(":")
    if not module:
        return ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
    made = getattr(import_module(module), name or "create_app")
    app: Flask = made if isinstance(made, Flask) else made()
    return app


@pytest.fixture(scope="session")
def dbops_postgres_url(dbops_app: Flask) -> str:
    """The URL of a PostgreSQL database beside which others can be made; it stays as it is."""
    candidates = (
        str(dbops_app.config.get("SQLALCHEMY_DATABASE_URI", "")),
        str(dbops_app.config.get("DBOPS_SCRATCH_URL", "")),
        os.environ.get("DBOPS_SCRATCH_URL", ""),
    )
    for url in candidates:
        if url.startswith("postgres"):
            return url
    pytest.skip(
        "no PostgreSQL is at hand: set DBOPS_SCRATCH_URL, or leave it out of dbops_dialects"
    )


@pytest.fixture(scope="session")
def dbops_history(dbops_app: Flask, request: pytest.FixtureRequest) -> Iterator[History]:
    """The history, walked once however many tests ask about it."""
    config = request.config
    history = History(
        app=dbops_app,
        folder=_directory(config),
        rows=int(str(config.getini("dbops_rows"))),
        postgres_url=lambda: str(request.getfixturevalue("dbops_postgres_url")),
    )
    yield history
    history.close()
