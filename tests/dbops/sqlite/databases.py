"""Small SQLite databases, and revisions run on them through Alembic's own `op`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.pool import NullPool

from bacowr.dbops.sqlite.operations import LosslessOperations

Rows = dict[str, list[tuple[object, ...]]]


@dataclass
class Database:
    """A SQLite file, opened as the migration runner opens it."""

    path: Path
    lines: list[str] = field(default_factory=list)
    convention: dict[str, str] | None = None

    def script(self, sql: str) -> None:
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(sql)
        connection.close()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.path)
        connection.create_function("shout", 1, str.upper, deterministic=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def engine(self) -> sa.Engine:
        engine = sa.create_engine(
            f"sqlite:///{self.path}",
            poolclass=NullPool,
            connect_args={"isolation_level": None},
        )

        @sa.event.listens_for(engine, "connect")
        def prepare(raw: sqlite3.Connection, _record: object) -> None:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA synchronous = OFF")
            raw.create_function("shout", 1, str.upper, deterministic=True)

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def revise(
        self, upgrade: Callable[[], None], operations: type[Operations] = LosslessOperations
    ) -> list[str]:
        """Run a revision's function in one transaction; returns what was reported."""
        self.lines = []
        metadata = sa.MetaData(naming_convention=self.convention)
        with self.engine().begin() as connection:
            context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
            options = {"report": self.lines.append} if operations is LosslessOperations else {}
            with operations.context(context, **options):
                upgrade()
        return self.lines

    def schema(self) -> dict[tuple[object, object], object]:
        rows = self.query("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(kind, name): sql for kind, name, sql in rows}

    def sql(self, name: str) -> str:
        return str(next(sql for (_, found), sql in self.schema().items() if found == name))

    def rows(self) -> Rows:
        """Return all rows of all ordinary tables, with their rowids where there are any."""
        found: Rows = {}
        for _, name, kind, _, without_rowid, _ in self.query("PRAGMA table_list"):
            if kind != "table" or str(name).startswith("sqlite_schema"):
                continue
            is_own = without_rowid or str(name).startswith("sqlite_")
            columns = "*" if is_own else "_rowid_, *"
            typed = self.query(f'SELECT {columns} FROM "{name}" ORDER BY 1')
            found[str(name)] = [tuple((type(v).__name__, v) for v in row) for row in typed]
        return found
