"""How long `flask db upgrade` takes next to plain Flask-Migrate, in one run, as ratios.

    python benchmarks/upgrade_runs.py [--revisions 300] [--rounds 5] [--postgres URL]

For each database: an upgrade with nothing to do, and the whole history on an empty database.
The two projects differ in env.py and in one line of the factory. Rounds alternate between them;
medians and minima are compared, by the clock and by the seconds of processor that the command took,
which say more on a machine that does other things as well.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import flask_migrate
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[1]
APP = """
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
{import_line}
db = SQLAlchemy()
migrate = Migrate()

def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    app.config["DBOPS_BACKUP"] = False
    db.init_app(app)
    migrate.init_app(app, db, directory=os.path.join(os.path.dirname(__file__), "migrations"))
    {init_line}
    return app
"""
REVISION = '''"""Revision {number}."""
from alembic import op
import flask_migrate
import sqlalchemy as sa

revision = "r{number:04}"
down_revision = {below!r}


def upgrade():
    {body}


def downgrade():
    pass
'''
CREATE = (
    "op.create_table('t{n}', sa.Column('id', sa.Integer, primary_key=True), "
    "sa.Column('a', sa.Text, nullable=False), sa.Column('b', sa.Integer))"
)
BODIES = (
    CREATE,
    "op.add_column('t{t}', sa.Column('c', sa.Text))",
    "op.create_index('ix_{n}', 't{t}', ['b'])",
)


def make_project(folder: Path, revisions: int, *, with_dbops: bool) -> Path:
    """Write a project of so many revisions; plain ones get the env.py of `flask db init`."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    lines = {"import_line": "", "init_line": ""}
    if with_dbops:
        lines["import_line"] = "from bacowr.dbops.extension import DbOps"
        lines["init_line"] = "DbOps().init_app(app, db)"
        env = "from bacowr.dbops.env import run_migrations\nrun_migrations()\n"
        (folder / "migrations" / "env.py").write_text(env)
        (folder / "migrations" / "alembic.ini").write_text("[alembic]\n")
    else:
        stock = Path(flask_migrate.__file__).parent / "templates" / "flask"
        for name, target in (("env.py", "env.py"), ("alembic.ini.mako", "alembic.ini")):
            (folder / "migrations" / target).write_text((stock / name).read_text())
    (folder / "app.py").write_text(APP.format(**lines))
    for number in range(revisions):
        body = BODIES[number % 3].format(n=number, t=number - number % 3)
        below = f"r{number - 1:04}" if number else None
        text = REVISION.format(number=number, below=below, body=body)
        (versions / f"r{number:04}_step.py").write_text(text)
    return folder


def upgrade(folder: Path, url: str) -> tuple[float, float]:
    """Run the command and return its seconds, by the clock and of the processor."""
    environment = {
        **{
            key: value for key, value in os.environ.items() if not key.startswith(("COV", "PYTHON"))
        },
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": "app",
        "DATABASE_URL": url,
    }
    before, started = processor_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "flask", "db", "upgrade"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started, processor_seconds() - before


def processor_seconds() -> float:
    """Return what the programs that this one started and saw end have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def empty(url: str) -> None:
    """Take everything out of the database."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).unlink(missing_ok=True)
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))


def measure(projects: dict[str, Path], urls: dict[str, str], rounds: int) -> None:
    """Print medians, minima and their ratios, for a whole run and for one with nothing to do."""
    whole: dict[str, list[tuple[float, float]]] = {name: [] for name in projects}
    nothing: dict[str, list[tuple[float, float]]] = {name: [] for name in projects}
    for number in range(rounds + 1):
        for name, folder in projects.items():
            empty(urls[name])
            spent, idle = upgrade(folder, urls[name]), upgrade(folder, urls[name])
            if number:  # The first round fills the caches.
                whole[name].append(spent)
                nothing[name].append(idle)
    for title, found in (("fresh", whole), ("no-op", nothing)):
        for column, clock in enumerate(("clock", "processor")):
            plain, ours = ([times[column] for times in found[name]] for name in ("plain", "dbops"))
            told = [
                f"{word} {pick(plain):.2f} s, dbops {pick(ours):.2f} s, "
                f"ratio {pick(ours) / pick(plain):.2f}"
                for word, pick in (("plain", statistics.median), ("least plain", min))
            ]
            print(f"  {title}, {clock}: {'; '.join(told)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", help="URL of an empty database that may be filled")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        projects = {
            kind: make_project(folder / kind, wanted.revisions, with_dbops=kind == "dbops")
            for kind in ("plain", "dbops")
        }
        print(f"SQLite, {wanted.revisions} revisions, {wanted.rounds} rounds")
        files = {kind: f"sqlite:///{folder}/{kind}.db" for kind in projects}
        measure(projects, files, wanted.rounds)
        if wanted.postgres:
            print(f"PostgreSQL, {wanted.revisions} revisions, {wanted.rounds} rounds")
            measure(projects, dict.fromkeys(projects, wanted.postgres), wanted.rounds)


if __name__ == "__main__":
    main()
