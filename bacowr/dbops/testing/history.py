"""A project's history under test: walked once per database, as far as it was asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from bacowr.dbops.lint.linting import lines_of
from bacowr.dbops.lint.project import Wish, review_project
from bacowr.dbops.project import Project, read_project
from bacowr.dbops.report import Level
from bacowr.dbops.schema.telling import line_of
from bacowr.dbops.schema.threeway import Party, look_three_ways
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.verify.verifying import Verifier, VerifyWish

if TYPE_CHECKING:
    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.verify.verifying import Verification


@dataclass
class History:
    """What the tests ask; each answer is the list of faults, empty where there are none."""

    app: Flask
    folder: Path
    rows: int
    postgres_url: Callable[[], str]
    walks: dict[str, Iterator[Verification]] = field(default_factory=dict)
    seen: dict[tuple[str, str], Verification] = field(default_factory=dict)

    def heads(self) -> list[str]:
        """Return the heads."""
        return list(ScriptDirectory.from_config(self._config()).get_heads())

    def lint_errors(self) -> list[str]:
        """Return what `flask db lint` calls errors in the whole history."""
        with self.app.app_context():
            report = review_project(self.app, self._config(), Wish(range_="base:heads"))
        if not report.exit_code:
            return []
        errors = tuple(one for one in report.findings if one.level is Level.ERROR)
        return list(lines_of(replace(report, findings=errors)))

    def faults_of(self, dialect: str, revision: str) -> list[str]:
        """Return what is wrong with a revision's way up, down and up again."""
        if dialect not in self.walks:
            self.walks[dialect] = self._walk(self._project(dialect), dialect)
        walk = self.walks[dialect]
        with self.app.app_context():
            while (dialect, revision) not in self.seen:
                one = next(walk, None)
                if one is None:
                    return ["It could not be tried, because an earlier revision failed."]
                self.seen[dialect, one.passage.revision.id] = one
        found = self.seen[dialect, revision].findings
        return [one.to_text() for one in found if one.level is Level.ERROR]

    def model_differences(self, dialect: str) -> list[str]:
        """Return in what the models differ from what the history makes."""
        with self.app.app_context():
            project = self._project(dialect)
            with scratch_engine(project, dialect) as engine:
                outcome = look_three_ways(replace(project, engine=engine), self._config())
        return [line_of(one) for one in outcome.drifts if Party.MODELS in one.against]

    def close(self) -> None:
        """Let go of the databases."""
        for walk in self.walks.values():
            walk.close()  # type: ignore[attr-defined] # It is a generator.
        self.walks.clear()

    def _walk(self, project: Project, dialect: str) -> Iterator[Verification]:
        wish = VerifyWish(rows=self.rows, dialects=(dialect,))
        yield from Verifier(project, self._config(), wish, dialect).verify()

    def _project(self, dialect: str) -> Project:
        with self.app.app_context():
            project = read_project(self.app)
        if dialect == project.engine.dialect.name:
            return project
        if dialect == "sqlite":
            return replace(project, engine=sa.create_engine("sqlite://"))
        engine = sa.create_engine(self.postgres_url(), poolclass=sa.NullPool)
        return replace(project, engine=engine)

    def _config(self) -> Config:
        with self.app.app_context():
            made: Config = self.app.extensions["migrate"].migrate.get_config(str(self.folder))
        return made
