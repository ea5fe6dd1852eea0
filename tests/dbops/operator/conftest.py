"""The projects of tests/dbops, whose `flask db …` runs inside this process, ten times faster."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.project import Project


@dataclass
class Inside:
    """How a command ended, with what it printed."""

    code: int
    out: str
    err: str
    shown: str
    """Both, in the order in which a terminal shows them."""

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return facts


def run_inside(project: Project, *arguments: str) -> Inside:
    """Run `flask db …` on a new application; an error that escapes shows its traceback."""
    wanted = {
        "DATABASE_URL": project.url,
        "APP_CONFIG": json.dumps(project.config),
        **project.environment,
    }
    before = dict(os.environ)
    os.environ.update(wanted)
    namespace: dict[str, Any] = {"__name__": "sample", "__file__": str(project.folder / "app.py")}
    try:
        source = (project.folder / "app.py").read_text()
        exec(compile(source, namespace["__file__"], "exec"), namespace)
        app = namespace["create_app"]()
        result = app.test_cli_runner().invoke(args=["db", *arguments])
        with app.app_context():
            namespace["db"].engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)
    error = ""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        error = "".join(traceback.format_exception(result.exception))
    return Inside(result.exit_code, result.stdout, result.stderr + error, result.output + error)


def inside(project: Project) -> Project:
    """Let the project run its commands in this process."""
    project.flask = lambda *arguments, **_: run_inside(project, *arguments)  # type: ignore[assignment,method-assign] # A twin.
    return project


@pytest.fixture
def project(project: Project) -> Project:
    return inside(project)


@pytest.fixture
def sqlite_project(sqlite_project: Project) -> Project:
    return inside(sqlite_project)


@pytest.fixture
def postgres_project(postgres_project: Project) -> Project:
    return inside(postgres_project)


@pytest.fixture
def shown() -> Callable[..., str]:
    """Run `flask db …` for a project, and return what a terminal shows."""
    return lambda project, *words: run_inside(project, *words).shown
