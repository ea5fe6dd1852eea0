"""The whole of `flask db compat`: the old models on the old schema, then on the new one."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory

from bacowr.dbops.compat.judging import Attempts, Schemas, judge
from bacowr.dbops.compat.release import Release, checked_out
from bacowr.dbops.console import count_text
from bacowr.dbops.errors import refuse
from bacowr.dbops.history import ancestors
from bacowr.dbops.lint.revisions import read_revisions
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Level, Report
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.verify.database import TrialDatabase
from bacowr.dbops.verify.sources import file_engine
from bacowr.dbops.verify.walking import said, touched

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.project import Project

ROWS = 8


@dataclass
class Comparison:
    """One comparison: the release, the project, and what the old models did on each schema."""

    release: Release
    project: Project
    config: Config
    app_path: str
    """How the application is found, as `flask --app` takes it."""
    directory: ScriptDirectory = field(init=False)

    def __post_init__(self) -> None:
        self.directory = ScriptDirectory.from_config(self.config)
        self.revisions = read_revisions(self.directory)

    def compare(self) -> Report:
        """Try the old models on their own schema, and on the newest; report what only then fails.

        Raises Refused where the old code or a revision can't be run.
        """
        known = self._old_revisions()
        old = [one for one in self.revisions if one.id in known]
        new = [one for one in self.revisions if one.id not in known]
        with self._database() as (database, url):
            self._up(database, old)
            database.fill(ROWS, least=1)
            before = self._ask(database, url)
            then = database.look()
            self._up(database, new)
            now = database.look()
            database.fill(ROWS, 1, touched(then, now))
            after = self._ask(database, url)
            schemas = Schemas(then.schema, now.schema, database.tables())
        findings = tuple(judge(before, after, schemas))
        return self._report(findings, before, after, new)

    def _old_revisions(self) -> frozenset[str]:
        """Return the revisions that the release has, by what its own files say."""
        folder = self.release.place(Path(self.directory.dir))
        if not folder.is_relative_to(self.release.folder):
            return frozenset()
        there = ScriptDirectory(str(folder))
        names = ancestors(self.directory, self._known(there.get_heads()))
        return frozenset(names)

    def _known(self, heads: list[str]) -> list[str]:
        present = {one.id for one in self.revisions}
        lost = [one for one in heads if one not in present]
        if lost:
            raise refuse(
                "lost-revision",
                f"{self.release.name} is at {', '.join(lost)}, which this history doesn't have.",
                remedy="Restore the file, or compare with a release whose revisions are here.",
            )
        return heads

    @contextmanager
    def _database(self) -> Iterator[tuple[TrialDatabase, str]]:
        """Give a database that another process can reach, too."""
        with TemporaryDirectory(prefix="dbops-") as folder:
            is_sqlite = self.project.engine.dialect.name == "sqlite"
            path = Path(folder) / "trial.sqlite3"
            opened = (
                nullcontext(file_engine(self.project, path))
                if is_sqlite
                else scratch_engine(self.project)
            )
            with opened as engine:
                yield (
                    TrialDatabase.on(engine, self.project, self.config, self.directory),
                    _url_of(engine),
                )

    def _up(self, database: TrialDatabase, revisions: list[Reviewed]) -> None:
        for one in revisions:
            try:
                database.up(one.script)
            except Exception as error:
                raise refuse(
                    "upgrade",
                    f"Revision {one.id} can't be applied to try the old code on it: {said(error)}",
                    where=one.id,
                    remedy="`flask db verify` says more.",
                ) from error

    def _ask(self, database: TrialDatabase, url: str) -> Attempts:
        """Run the old models on what the database is at."""
        question: dict[str, Any] = {
            "url": url,
            "app": self._old_app(),
            "rows": database.spare_rows(ROWS),
        }
        answer = self.release.run_probe(json.dumps(question), self._folder(), url)
        return Attempts.read(json.loads(answer))

    def _folder(self) -> Path:
        """Return the folder that the application is found from."""
        here = Path.cwd()
        return here if here.is_relative_to(self.release.top) else Path(self.directory.dir).parent

    def _old_app(self) -> str:
        """Return how the application is found there; a whole path leads into the old tree."""
        path, colon, name = self.app_path.partition(":")
        if os.sep not in path:
            return self.app_path
        return f"{self.release.place(Path(path).absolute())}{colon}{name}"

    def _report(
        self,
        findings: tuple[Any, ...],
        before: Attempts,
        after: Attempts,
        new: list[Reviewed],
    ) -> Report:
        errors = sum(one.level is Level.ERROR for one in findings)
        summary = (
            f"The code of {self.release.name} on the newest schema: "
            f"{count_text(len(after.tables), 'table')}, {count_text(after.tried, 'statement')}, "
            f"{count_text(errors, 'break')}."
        )
        facts = {
            "base": self.release.name,
            "commit": self.release.commit,
            "revisions": [one.id for one in new],
            "tables": sorted(after.tables),
            "statements": after.tried,
            "failing_before": sorted(f"{table}: {action}" for table, action in before.failures),
        }
        return Report(summary, findings, facts)


def compare_releases(app: Flask, config: Config, base: str | None, app_path: str) -> Report:
    """Run the models of a release against the newest schema, and say what breaks.

    Raises Refused where there is no such release, or it can't be run.
    """
    project = read_project(app)
    inside = Path(ScriptDirectory.from_config(config).dir)
    with checked_out(inside, base) as release:
        return Comparison(release, project, config, app_path).compare()


def _url_of(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)
