"""A Flask-Migrate project as anybody might have it, made in a folder for a test."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import sqlalchemy as sa

if TYPE_CHECKING:
    from flask import Flask

APP = """
import json, os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from bacowr.dbops.extension import DbOps

db = SQLAlchemy()
migrate = Migrate()
dbops = DbOps()


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    app.config.update(json.loads(os.environ.get("APP_CONFIG", "{}")))
    db.init_app(app)
    migrate.init_app(app, db, directory=os.path.join(os.path.dirname(__file__), "migrations"))
    dbops.init_app(app, db)
    return app
"""
ENV = "from bacowr.dbops.env import run_migrations\n\nrun_migrations()\n"
MAKO = '''"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Outside:
    """How a finished `flask` process ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return facts


@dataclass
class Project:
    """A project in a folder: revisions are written by `add`, commands run by `flask`."""

    folder: Path
    url: str
    config: dict[str, object] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    last: str | None = None
    loaded: list[Flask] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "migrations" / "versions").mkdir(parents=True)
        (self.folder / "app.py").write_text(APP)
        (self.folder / "migrations" / "env.py").write_text(ENV)
        (self.folder / "migrations" / "alembic.ini").write_text("[alembic]\n")
        (self.folder / "migrations" / "script.py.mako").write_text(MAKO)

    def add(  # One argument per line of a revision's head.
        self,
        revision: str,
        upgrade: str,
        downgrade: str = "pass",
        *,
        parent: str | tuple[str, ...] | None = "last",
        head: str = "",
    ) -> Path:
        """Write a revision on top of the last one, and return its file."""
        below = self.last if parent == "last" else parent
        body = [
            f'"""Revision {revision}."""',
            "from alembic import op",
            "import sqlalchemy as sa",
            f"revision = {revision!r}",
            f"down_revision = {below!r}",
            textwrap.dedent(head),
            "def upgrade():",
            textwrap.indent(textwrap.dedent(upgrade).strip(), "    "),
            "def downgrade():",
            textwrap.indent(textwrap.dedent(downgrade).strip(), "    "),
        ]
        path = self.folder / "migrations" / "versions" / f"{revision}_test.py"
        path.write_text("\n".join(body) + "\n")
        self.last = revision
        return path

    def start(self, *arguments: str, program: str = "flask") -> subprocess.Popen[str]:
        """Start `flask db …` (or another program's module) and return at once."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
            "PYTHONPATH": str(ROOT),
            "FLASK_APP": "app",
            **self.surroundings(),
        }
        words = ["db", *arguments] if program == "flask" else list(arguments)
        return subprocess.Popen(
            [sys.executable, "-m", program, *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def flask(self, *arguments: str, program: str = "flask") -> Outside:
        """Run `flask db …` to its end."""
        process = self.start(*arguments, program=program)
        out, err = process.communicate(timeout=120)
        return Outside(process.returncode, out, err)

    def load(self) -> Flask:
        """Make the project's application in this process."""
        spec = importlib.util.spec_from_file_location("project_app", self.folder / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with mock.patch.dict(os.environ, self.surroundings()):
            spec.loader.exec_module(module)
            app: Flask = module.create_app()
        self.loaded.append(app)
        return app

    def close(self) -> None:
        """Close what the pools of the loaded applications hold."""
        for app in self.loaded:
            with app.app_context():
                app.extensions["migrate"].db.engine.dispose()

    def db(self, *arguments: str, app: Flask | None = None) -> Outside:
        """Run `flask db …` in this process, which is quicker, and as good where nobody dies."""
        result = (app or self.load()).test_cli_runner().invoke(args=["db", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outside(result.exit_code, result.stdout, result.stderr)

    def surroundings(self) -> dict[str, str]:
        """Return what the application reads from its environment."""
        config = json.dumps(self.config)
        return {"DATABASE_URL": self.url, "APP_CONFIG": config, **self.environment}

    def scalars(self, query: str) -> list[object]:
        """Return the first column of a query's rows."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.scalars(sa.text(query)))

    def execute(self, statement: str) -> None:
        """Run a statement and commit."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text(statement))

    def tables(self) -> set[str]:
        """Return the names of the tables that are not Alembic's or dbops' own."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        names = set(sa.inspect(engine).get_table_names())
        return {one for one in names if not one.startswith(("dbops_", "alembic_version"))}

    def heads(self) -> list[object]:
        """Return what the version table says."""
        return self.scalars("SELECT version_num FROM alembic_version ORDER BY 1")
