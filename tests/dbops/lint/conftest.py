"""Projects that are linted in this process, since a process of its own for each is slow."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from bacowr.dbops.extension import DbOps

DBOPS_ENV = "from bacowr.dbops.env import run_migrations\n\nrun_migrations()\n"
STOCK_ENV = "from alembic import context\n\ncontext.configure()\n"
HEAD = '''"""{title}."""
from alembic import op
import sqlalchemy as sa
revision = {revision!r}
down_revision = {below!r}
{head}
'''


@dataclass(frozen=True)
class Linted:
    """What `flask db lint` said."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, object]:
        facts: dict[str, object] = json.loads(self.out)
        return facts

    @property
    def findings(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.facts["findings"]  # type: ignore[assignment] # JSON.
        return found

    @property
    def codes(self) -> set[str]:
        return {one["code"] for one in self.findings}

    @property
    def errors(self) -> set[str]:
        return {one["code"] for one in self.findings if one["level"] == "error"}


@dataclass
class LintProject:
    """A project whose revisions are written by `add` and judged by `lint`."""

    folder: Path
    url: str = "sqlite://"
    last: str | None = None
    config: dict[str, str] = field(default_factory=dict)
    convention: dict[str, str] = field(default_factory=dict)
    """How the metadata names what a revision leaves unnamed."""

    def __post_init__(self) -> None:
        (self.folder / "migrations" / "versions").mkdir(parents=True)
        self.write_env(DBOPS_ENV)
        (self.folder / "migrations" / "alembic.ini").write_text("[alembic]\n")
        (self.folder / "migrations" / "script.py.mako").write_text("")

    def write_env(self, text: str) -> None:
        (self.folder / "migrations" / "env.py").write_text(text)

    def add(self, revision: str, upgrade: str, downgrade: str = "", *, head: str = "") -> Path:
        """Write a revision on top of the last one, and return its file."""
        body = HEAD.format(title=revision, revision=revision, below=self.last, head=head)
        for name, text in (("upgrade", upgrade), ("downgrade", downgrade or DOWN)):
            body += f"\n\ndef {name}():\n" + textwrap.indent(textwrap.dedent(text).strip(), "    ")
        path = self.folder / "migrations" / "versions" / f"{revision}_test.py"
        path.write_text(body + "\n")
        self.last = revision
        return path

    def app(self) -> Flask:
        app = Flask("linted", root_path=str(self.folder))
        app.config.update(self.config, SQLALCHEMY_DATABASE_URI=self.url)
        db = SQLAlchemy(app)
        db.metadata.naming_convention = self.convention
        Migrate(app, db, directory=str(self.folder / "migrations"))
        DbOps().init_app(app, db)
        return app

    def upgrade(self, revision: str) -> None:
        """Run the revisions up to this one."""
        self._walk("upgrade", revision)

    def downgrade(self, revision: str) -> None:
        """Go back to this revision."""
        self._walk("downgrade", revision)

    def _walk(self, *arguments: str) -> None:
        done = self.app().test_cli_runner().invoke(args=["db", *arguments])
        assert done.exit_code == 0, done.output

    def fill(self) -> None:
        """Put a row into each table that the revisions are about."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO users (id, age, mail) VALUES (1, 2, 'a@b')"))
            connection.execute(sa.text("INSERT INTO jobs (id, user_id) VALUES (1, 1)"))

    def lint(self, *arguments: str) -> Linted:
        """Run `flask db lint` and return what it said."""
        done = self.app().test_cli_runner().invoke(args=["db", "lint", *arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Linted(done.exit_code, done.stdout, done.stderr)

    def findings(self, dialect: str, *arguments: str) -> Linted:
        """Run it for one kind of database, as JSON."""
        return self.lint("--dialect", dialect, "--json", *arguments)


DOWN = 'raise RuntimeError("Irreversible: the test doesn\'t go back.")'


@pytest.fixture
def lint_project(tmp_path: Path) -> LintProject:
    return LintProject(tmp_path / "project")
