"""An older database: looked at and read, never written."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from bacowr.dbops.digest import sqlite_digest
from bacowr.dbops.engines import raw_of
from bacowr.dbops.errors import refuse
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.takeover.generations import Columns, known_tables

ASIDE = "legacy_"
VERSION_TABLE = "alembic_version"
# What a database, or dbops, keeps for itself.
BOOKKEEPING = ("sqlite_", "dbops_")


MOST = 1 << 62

Placed = tuple[str, dict[str, Any]]
"""Where a row stands, and the row."""


def is_aside(table: str) -> bool:
    """Tell whether this is the name of an older table that was moved aside."""
    older = table.removeprefix(ASIDE)
    return table != older and older in known_tables() | {VERSION_TABLE}


def is_todays(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic what to look at: not at older tables that were moved aside."""
    return kind != "table" or name is None or not is_aside(name)


@dataclass(frozen=True)
class Source:
    """An older database, or the older tables that were moved aside in today's."""

    engine: sa.Engine
    in_place: bool = False
    excluded: frozenset[str] = field(default_factory=frozenset)
    is_aside: bool = False

    @property
    def shown(self) -> str:
        """Its address without the password, or its file."""
        path = sqlite_file(self.engine.url)
        return str(path) if path else self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    def name(self, table: str) -> str:
        """Return what an older table is called here."""
        return f"{ASIDE}{table}" if self.is_aside else table

    def aside(self) -> "Source":
        """Return the same source, its tables moved aside."""
        return replace(self, is_aside=True)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment and can't write."""
        with self.engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection

    def tables(self) -> dict[str, Columns]:
        """Return every table that isn't bookkeeping, and its columns."""
        with self.reading() as connection:
            inspector = sa.inspect(connection)
            found = {}
            for name in inspector.get_table_names():
                if name == VERSION_TABLE or name.startswith(BOOKKEEPING):
                    continue
                found[name] = frozenset(one["name"] for one in inspector.get_columns(name))
        return found

    def older(self) -> dict[str, Columns]:
        """Return the tables by their older names, without those that were excluded."""
        found = self.tables()
        if self.is_aside:
            known = {self.name(table): table for table in known_tables()}
            return {known[name]: found[name] for name in found if name in known}
        return {name: columns for name, columns in found.items() if name not in self.excluded}

    def versions(self) -> tuple[str, ...]:
        """Return what the version table says; nothing where there is none."""
        with self.reading() as connection:
            if not sa.inspect(connection).has_table(VERSION_TABLE):
                return ()
            rows = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
            return tuple(str(row[0]) for row in rows)

    def count(self, table: str) -> int:
        """Count a table's rows."""
        with self.reading() as connection:
            return int(connection.scalar(sa.text(f"SELECT count(*) FROM {self.name(table)}")) or 0)

    def batch(self, table: str, after: str | None, size: int) -> list[Placed]:
        """Return the rows that stand behind a place, each with its own.

        SQLite's are known by their rowid, as an id may be missing there, or no text.
        """
        place, given = ("rowid", int(after or -MOST)) if self.is_sqlite else ("id", after or "")
        text = sa.text(
            f"SELECT {place} AS place_, * FROM {self.name(table)} "
            f"WHERE {place} > :after ORDER BY {place} LIMIT :size"
        )
        with self.reading() as connection:
            rows = connection.execute(text, {"after": given, "size": size}).mappings()
            return [(str(row["place_"]), _without_place(dict(row))) for row in rows]

    def every(self, table: str, size: int = 1000) -> Iterator[dict[str, Any]]:
        """Yield all rows."""
        after: str | None = None
        while rows := self.batch(table, after, size):
            yield from (row for _, row in rows)
            after = rows[-1][0]

    def query(self, text: str, **given: object) -> Sequence[sa.Row[Any]]:
        """Return the rows of a query, in which {table} names an older table."""
        names = {table: self.name(table) for table in known_tables()}
        with self.reading() as connection:
            return connection.execute(sa.text(text.format(**names)), given).all()

    def digest(self, tables: Collection[str]) -> str:
        """Return a digest of the tables' rows, the same wherever the tables stand."""
        found = sorted(self._digests(tables).items())
        return hashlib.sha256(json.dumps(found).encode()).hexdigest()

    def _digests(self, tables: Collection[str]) -> dict[str, str]:
        with self.reading() as connection:
            if connection.dialect.name == "sqlite":
                found = sqlite_digest(raw_of(connection)).tables  # type: ignore[arg-type]  # It is sqlite3's.
                return {table: found[self.name(table)] for table in tables}
            all_found = postgres_digest(connection).tables
            names = {name.partition(".")[2]: digest for name, digest in all_found.items()}
            return {table: names[self.name(table)] for table in tables}


def open_source(url: sa.URL, excluded: frozenset[str]) -> Source:
    """Open an older database; a SQLite file in a way in which it can't be written.

    Raises Refused where there is no such file.
    """
    path = sqlite_file(url)
    if path is not None and not path.is_file():
        raise refuse(
            "takeover-no-file",
            "There is no such file.",
            where=str(path),
            remedy="Correct the address: sqlite:/// and the path, so four slashes in all.",
        )
    if path is None:
        return Source(sa.create_engine(url, poolclass=NullPool), excluded=excluded)
    readable = sa.URL.create(
        "sqlite", database=f"{path.as_uri()}", query={"mode": "ro", "uri": "true"}
    )
    engine = sa.create_engine(readable, poolclass=NullPool)
    sa.event.listen(engine, "connect", _read_damaged_text)
    return Source(engine, excluded=excluded)


def _without_place(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "place_"}


def _read_damaged_text(connection: Any, _record: object) -> None:  # noqa: ANN401  # The driver's.
    connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
