"""Changes of a large SQLite table: bacowr's, plain Alembic's, hand-written SQL and a file copy.

    python benchmarks/sqlite_changes.py --rows 1000000

Each figure is one run in a process of its own on a fresh copy of one file. Read the ratios: the
seconds belong to the machine. Disk is the peak over the file's own size, temporary files counted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.pool import NullPool

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bacowr.dbops.sqlite.operations import LosslessOperations

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS: Final = (
    "id INTEGER NOT NULL, title VARCHAR(100) NOT NULL, email VARCHAR(60), status VARCHAR(20), "
    "amount TEXT, note TEXT, created_at DATETIME"
)
INDEXES: Final = (
    "CREATE INDEX ix_items_email ON items (email)",
    "CREATE INDEX ix_items_status ON items (status, created_at)",
    "CREATE INDEX ix_items_title ON items (title)",
)
CHECK: Final = "length(status) > 2"
CASES: Final = ("rename column", "drop column", "wider type", "other affinity", "add check")
CONTESTANTS: Final = ("ours", "alembic", "by hand")
Run = dict[str, float]
GOALS: Final = {
    "rename column": ("alembic", 0.05),
    "drop column": ("by hand", 0.85),
    "wider type": ("by hand", 0.2),
    "other affinity": ("by hand", 0.85),
    "add check": ("by hand", 0.2),
}


def upgrade(case: str) -> None:
    """Do what a revision written for plain Alembic does."""
    with op.batch_alter_table("items") as batch_op:
        if case == "rename column":
            batch_op.alter_column("note", new_column_name="remark")
        elif case == "drop column":
            batch_op.drop_column("note")
        elif case == "wider type":
            batch_op.alter_column("status", type_=sa.String(40))
        elif case == "other affinity":
            batch_op.alter_column("amount", type_=sa.Integer())
        else:
            batch_op.create_check_constraint("ck_items_status", CHECK)


def by_hand(case: str) -> tuple[str, str, str]:
    """Return the new definition, and the columns to copy to and from."""
    names = [part.split()[0] for part in COLUMNS.split(", ")]
    target, source, columns = list(names), list(names), COLUMNS
    if case == "rename column":
        columns, target = (
            columns.replace("note", "remark"),
            [n.replace("note", "remark") for n in names],
        )
    elif case == "drop column":
        columns = columns.replace("note TEXT, ", "")
        target = source = [name for name in names if name != "note"]
    elif case == "wider type":
        columns = columns.replace("VARCHAR(20)", "VARCHAR(40)")
    elif case == "other affinity":
        columns = columns.replace("amount TEXT", "amount INTEGER")
        source = [f"CAST({n} AS INTEGER)" if n == "amount" else n for n in names]
    else:
        columns += f", CONSTRAINT ck_items_status CHECK ({CHECK})"
    return f"{columns}, PRIMARY KEY (id)", ", ".join(target), ", ".join(source)


def run_by_hand(case: str, path: Path) -> None:
    """Rebuild the table as a careful person would write it."""
    columns, target, source = by_hand(case)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"CREATE TABLE items_new ({columns})")
    connection.execute(f"INSERT INTO items_new ({target}) SELECT {source} FROM items")
    connection.execute("DROP TABLE items")
    connection.execute("ALTER TABLE items_new RENAME TO items")
    for statement in INDEXES:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def run_operations(case: str, path: Path, operations: type[Operations]) -> None:
    """Run the revision in one transaction, through these operations."""
    engine = sa.create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None}
    )
    sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with operations.context(context):
            upgrade(case)


def contestant(name: str, case: str, path: Path) -> Callable[[], object]:
    """Return the run that is measured."""
    if name == "ours":
        return lambda: run_operations(case, path, LosslessOperations)
    if name == "alembic":
        return lambda: run_operations(case, path, Operations)
    if name == "by hand":
        return lambda: run_by_hand(case, path)
    return lambda: copy_file(path, path.with_suffix(".copy"))


def copy_file(source: Path, target: Path) -> None:
    """Copy a file and see it to the disk."""
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


class DiskWatch(threading.Thread):
    """Notes the most bytes that a folder held, deleted but open files of this process too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.peak = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Look twenty times a second."""
        self.peak = self.bytes_held()
        while not self.over.wait(0.05):
            self.peak = max(self.peak, self.bytes_held())

    def bytes_held(self) -> int:
        """Return the bytes held at this moment."""
        held = {}
        for file in self.folder.iterdir():
            held.update(self.size_of(file))
        for link in Path("/proc/self/fd").iterdir():
            if str(self.folder) in self.target_of(link):
                held.update(self.size_of(link))
        return sum(held.values())

    @staticmethod
    def target_of(link: Path) -> str:
        """Return where an open file stands, if it is still open."""
        try:
            return str(link.readlink())
        except OSError:
            return ""

    @staticmethod
    def size_of(file: Path) -> dict[int, int]:
        """Return a file's size under its number, if it is still there."""
        try:
            stat = file.stat()
        except OSError:
            return {}
        return {stat.st_ino: stat.st_blocks * 512}


def measure(name: str, case: str, base: Path) -> Run:
    """Run one contestant in this process and return seconds, memory and disk."""
    with tempfile.TemporaryDirectory(dir=base.parent) as folder:
        os.environ["SQLITE_TMPDIR"] = folder
        path = Path(folder) / "items.db"
        copy_file(base, path)
        watch = DiskWatch(Path(folder))
        watch.start()
        began, busy = time.perf_counter(), time.process_time()
        contestant(name, case, path)()
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
        watch.over.set()
        watch.join()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu": cpu, "rss_mb": rss, "disk": watch.peak / base.stat().st_size}


def fill(path: Path, rows: int) -> None:
    """Write the file that every run begins with: rows of about 300 bytes, three indexes."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute(
        f"CREATE TABLE items ({COLUMNS}, PRIMARY KEY (id))".replace(
            "id INTEGER NOT NULL", "id INTEGER NOT NULL"
        )
    )
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO items SELECT i, 'Title of item ' || (i * 7919 % 1000003), "
        "'user' || (i * 104729 % 999983) || '@example.com', "
        "CASE i % 3 WHEN 0 THEN 'draft' WHEN 1 THEN 'ready' ELSE 'done' END, "
        "CAST(i % 5000 AS TEXT), substr(hex(i * 2654435761) || printf('%0180d', i), 1, 180), "
        "datetime(1700000000 + i, 'unixepoch') || '.000000' FROM n",
        (rows,),
    )
    for statement in INDEXES:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def in_process(names: tuple[str, ...], case: str, base: Path, times: int) -> dict[str, Run]:
    """Measure in processes of their own, in turns, and return the medians."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(times):
        for name in names:
            command = [sys.executable, __file__, "--worker", name, case, str(base)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            runs[name].append(json.loads(done.stdout))
    return {
        name: {key: statistics.median(run[key] for run in found) for key in found[0]}
        for name, found in runs.items()
    }


def show(case: str, name: str, run: Run, against: Run) -> None:
    print(
        f"{case:15} {name:10} {run['seconds']:8.3f} s {run['seconds'] / against['seconds']:8.4f} x "
        f"{run['cpu']:7.3f} s cpu {run['cpu'] / against['cpu']:7.4f} x "
        f"{run['rss_mb']:6.0f} MB {run['disk']:6.2f} x disk",
        flush=True,
    )


def compare(rows: int, times: int) -> None:
    """Measure all and print the table, then the goals."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.db"
        fill(base, rows)
        size = base.stat().st_size / 1e6
        print(f"{rows} rows, {size:.0f} MB, SQLite {sqlite3.sqlite_version}, median of {times}")
        print("ratios: to the hand-written rebuild of the same case")
        verdicts = []
        for case in CASES:
            runs = in_process(CONTESTANTS, case, base, times)
            for name, run in runs.items():
                show(case, name, run, runs["by hand"])
            against, goal = GOALS[case]
            ratio = runs["ours"]["seconds"] / runs[against]["seconds"]
            verdicts.append((case, against, ratio, goal))
        show(
            "-",
            "file copy",
            in_process(("file copy",), "-", base, times)["file copy"],
            runs["by hand"],
        )
    for case, against, ratio, goal in verdicts:
        print(
            f"{case}: {ratio:.4f} x {against}, goal {goal}: {'met' if ratio <= goal else 'MISSED'}"
        )


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--worker", nargs=3, metavar=("WHO", "CASE", "FILE"))
    arguments = parser.parse_args()
    if arguments.worker:
        name, case, base = arguments.worker
        print(json.dumps(measure(name, case, Path(base))))
    else:
        compare(arguments.rows, arguments.times)


if __name__ == "__main__":
    main()
