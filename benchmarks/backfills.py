"""A backfill beside one plain UPDATE of the same rows, in one run, with a writer at work meanwhile.

    python benchmarks/backfills.py [--rows 1000000] [--rounds 1] [--postgres URL]

The table has about 200 bytes a row and two indexes, one of them on the column that is filled. The
writer is a process of its own that updates single random rows, 200 a second at most, and notes how
long each took. SQLite is measured in WAL mode and in its default one. The goals: at least 0.8 of
the plain speed; on PostgreSQL writers wait 20 ms at p99 and 300 ms at most; on SQLite never
beyond the busy timeout, here 5 s, Python's default.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event

ROOT = Path(__file__).resolve().parents[1]
PAUSE_SECONDS = 0.005
BUSY_SECONDS = 5.0
STATEMENT = "UPDATE people SET locale = lower(country) || '-' || (id % 100) WHERE {these}"
WHERE = "locale IS NULL"
APP = """
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from bacowr.dbops.extension import DbOps

db = SQLAlchemy()
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config.update(DBOPS_BACKUP=False, DBOPS_BACKFILL_BUDGET=0)
db.init_app(app)
Migrate().init_app(app, db, directory=os.path.join(os.path.dirname(__file__), "migrations"))
DbOps().init_app(app, db)
"""
REVISION = f'''"""Fill people.locale."""
from bacowr.dbops.backfill import Backfill

revision = "a1"
down_revision = None
dbops_class = "data"
backfill = Backfill(table="people", where="{WHERE}", sql="""{STATEMENT}""")


def upgrade():
    backfill.start()


def downgrade():
    pass
'''


@dataclass(frozen=True)
class Measured:
    """How long the rows took, and how long each of the writer's updates did."""

    seconds: float
    waits: list[float]
    failures: int

    def told(self, rows: int) -> str:
        """Return the figures on one line."""
        waits = sorted(self.waits) or [0.0]
        p50, p99 = (waits[min(int(len(waits) * q), len(waits) - 1)] for q in (0.5, 0.99))
        return (
            f"{self.seconds:6.1f} s, {rows / self.seconds:9,.0f} rows/s; writer: "
            f"{len(waits):,} updates, p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, longest "
            f"{waits[-1] * 1e3:.0f} ms, {self.failures} failed"
        )


def connect(url: str) -> sa.Engine:
    """Return an engine; SQLite waits as long as Python's default."""
    return sa.create_engine(url, poolclass=sa.NullPool)


def write(url: str, rows: int, stop: Event, answer: Any) -> None:  # noqa: ANN401 - A pipe's end.
    """Update single rows until told to stop; send how long each took."""
    chosen = random.Random(7)
    waits, failures = [], 0
    engine = connect(url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        statement = sa.text("UPDATE people SET visits = visits + 1 WHERE id = :id")
        while not stop.is_set():
            began = time.perf_counter()
            try:
                connection.execute(statement, {"id": chosen.randint(1, rows)})
            except sa.exc.OperationalError:
                failures += 1
            waits.append(time.perf_counter() - began)
            time.sleep(PAUSE_SECONDS)
    answer.send((waits, failures))


@contextmanager
def writing(url: str, rows: int) -> Iterator[dict[str, Any]]:
    """Have the writer at work meanwhile; fill in what it saw."""
    stop = multiprocessing.Event()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=write, args=(url, rows, stop, theirs))
    process.start()
    time.sleep(0.5)
    seen: dict[str, Any] = {}
    try:
        yield seen
    finally:
        stop.set()
        seen["waits"], seen["failures"] = ours.recv()
        process.join()


def prepare(url: str, rows: int, journal: str) -> None:
    """Make the table anew."""
    engine = connect(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA journal_mode={journal}")
        for name in ("people", "alembic_version", "dbops_log", "dbops_backfills", "dbops_steps"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        connection.exec_driver_sql(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, country TEXT, locale TEXT, "
            "visits INTEGER NOT NULL DEFAULT 0, about TEXT)"
        )
        filling = (
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
            "INSERT INTO people (id, country, about) "
            f"SELECT i, 'C' || (i % 200), '{'x' * 180}' || i FROM n"
        )
        connection.execute(sa.text(filling))
        connection.exec_driver_sql("CREATE INDEX ix_country ON people (country)")
        connection.exec_driver_sql("CREATE INDEX ix_locale ON people (locale)")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE people")
            connection.exec_driver_sql("CHECKPOINT")


def plainly(url: str, rows: int) -> Measured:
    """Update all rows by one statement."""
    with writing(url, rows) as seen:
        began = time.perf_counter()
        with connect(url).begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
            connection.execute(sa.text(STATEMENT.format(these=WHERE)))
        spent = time.perf_counter() - began
    return Measured(spent, seen["waits"], seen["failures"])


def flask(folder: Path, url: str, *words: str) -> dict[str, Any]:
    """Run `flask db …` and return its JSON."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = {**kept, "PYTHONPATH": str(ROOT), "FLASK_APP": "app", "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "db", *words, "--json"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def in_batches(folder: Path, url: str, rows: int) -> tuple[Measured, dict[str, Any]]:
    """Update all rows by a backfill, as a person or the worker runs it."""
    flask(folder, url, "upgrade")
    with writing(url, rows) as seen:
        (status,) = flask(folder, url, "backfill", "run")["backfills"]
    began, ended = (datetime.fromisoformat(status[one]) for one in ("started_at", "finished_at"))
    spent = (ended - began).total_seconds()
    return Measured(spent, seen["waits"], seen["failures"]), status


def measure(folder: Path, name: str, url: str, wanted: argparse.Namespace) -> None:
    """Print plain and batched figures, round by round, and the median of the ratios."""
    ratios = []
    for number in range(1, wanted.rounds + 1):
        print(f"{name}, {wanted.rows:,} rows, round {number}, load {os.getloadavg()[0]:.1f}")
        prepare(url, wanted.rows, wanted.journal)
        plain = plainly(url, wanted.rows)
        print(f"  one UPDATE: {plain.told(wanted.rows)}")
        prepare(url, wanted.rows, wanted.journal)
        ours, status = in_batches(folder, url, wanted.rows)
        print(f"  backfill:   {ours.told(wanted.rows)}")
        told = f"{status['batches']} batches, the last of {status['batch_size']:,} rows"
        ratios.append(plain.seconds / ours.seconds)
        print(f"  {told}, {status['retries']} retries; {ratios[-1]:.2f} of the plain speed")
    print(f"{name}: {statistics.median(ratios):.2f} of the plain speed over {wanted.rounds} rounds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--postgres", help="URL of an empty database that may be filled")
    parser.set_defaults(journal="")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        versions = folder / "migrations" / "versions"
        versions.mkdir(parents=True)
        (folder / "app.py").write_text(APP)
        env = "from bacowr.dbops.env import run_migrations\n\nrun_migrations()\n"
        (folder / "migrations" / "env.py").write_text(env)
        (folder / "migrations" / "alembic.ini").write_text("[alembic]\n")
        (versions / "a1_fill.py").write_text(REVISION)
        for journal in ("wal", "delete") if wanted.only != "postgres" else ():
            wanted.journal = journal
            url = f"sqlite:///{folder}/{journal}.db"
            measure(folder, f"SQLite ({journal})", url, wanted)
        if wanted.postgres and wanted.only != "sqlite":
            measure(folder, "PostgreSQL", wanted.postgres, wanted)


if __name__ == "__main__":
    main()
