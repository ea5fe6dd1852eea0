"""A program that runs in the old code's tree: reads, inserts, updates and deletes by its models.

It imports nothing of dbops, since the tree it runs in may hold another one, and is given what it
needs as JSON on standard input: the database's URL, how to find the application, and for each
table a row of SQL literals. It prints one line of JSON. Nothing it writes is committed.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import sqlalchemy as sa
from flask.cli import ScriptInfo
from sqlalchemy import orm

MOST_ROWS = 50
Row = dict[str, str]
Act = Callable[[sa.Connection], Any]


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    noise = io.StringIO()  # An application may print while it is made.
    with redirect_stdout(noise):
        app = ScriptInfo(app_import_path=question["app"] or None).load_app()
        with app.app_context():
            answer = Probe(question["url"], question["rows"]).ask(app.extensions["migrate"].db)
    sys.stdout.write(json.dumps(answer) + "\n")


class Probe:
    """Tries out every table that the old models know."""

    def __init__(self, url: str, rows: dict[str, Row]) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.rows = rows
        self.failures: list[dict[str, str]] = []
        self.tried = 0

    def ask(self, db: Any) -> dict[str, Any]:  # noqa: ANN401 - Any kind of SQLAlchemy extension.
        """Try all tables; return what failed, and what the models say of their columns."""
        metadata = db.metadata
        classes = mapped_classes(metadata)
        told = {}
        for table in metadata.sorted_tables:
            mapped = classes.get(table)
            name = mapped.__name__ if mapped is not None else table.name
            told[table.fullname] = {"model": name, "columns": columns_of(table)}
            self.read(table, mapped)
            if table.fullname in self.rows:
                self.write(table, self.rows[table.fullname])
        return {"tables": told, "failures": self.failures, "tried": self.tried}

    def read(self, table: sa.Table, mapped: Any) -> None:  # noqa: ANN401 - A mapped class, or none.
        """Select every column, as a query for the model does."""

        def select(connection: sa.Connection) -> Any:  # noqa: ANN401 - Whatever there is.
            if mapped is None:
                return connection.execute(sa.select(table).limit(MOST_ROWS)).all()
            with orm.Session(connection) as session:
                return session.scalars(sa.select(mapped).limit(MOST_ROWS)).unique().all()

        self.attempt(table, "read", select)

    def write(self, table: sa.Table, row: Row) -> None:
        """Insert a row with defaults, a whole and a sparse one; update and delete."""
        given = values_of(table, row)
        whole = {**given, **all_values_of(table, row)}
        inserted = [
            inserting(table, values)
            for action, values in (("insert", given), ("whole insert", whole))
            if self.attempt(table, action, inserting(table, values))
        ]
        sparse = {
            name: sa.null() if table.c[name].nullable else value for name, value in given.items()
        }
        if sparse.keys() - {one.name for one in table.primary_key}:
            self.attempt(table, "sparse insert", inserting(table, sparse))
        self.change(table, given, inserted[0] if inserted else None)

    def change(self, table: sa.Table, values: dict[str, Any], insert: Act | None) -> None:
        """Update and delete a row, where possible one made for it."""
        changed = {name: value for name, value in values.items() if not is_distinct(table.c[name])}

        def row(connection: sa.Connection) -> Any:  # noqa: ANN401 - A condition.
            return insert(connection) if insert else existing(connection, table)

        if changed:
            update = sa.update(table).values(changed)
            self.attempt(table, "update", lambda one: one.execute(update.where(row(one))))
        if insert:
            delete = sa.delete(table)
            self.attempt(table, "delete", lambda one: one.execute(delete.where(row(one))))

    def attempt(self, table: sa.Table, action: str, act: Act) -> bool:
        """Do something and undo it; note it if it fails."""
        self.tried += 1
        with self.engine.connect() as connection, connection.begin() as transaction:
            try:
                act(connection)
            except Exception as error:  # noqa: BLE001 - Whatever the old code would meet.
                self.failures.append(failure(table, action, error))
                return False
            finally:
                transaction.rollback()
        return True


def failure(table: sa.Table, action: str, error: BaseException) -> dict[str, str]:
    """Return what there is to say of a failure."""
    original = getattr(error, "orig", None) or error
    text = str(original).strip().split("\n", maxsplit=1)[0]
    statement = " ".join(str(getattr(error, "statement", "") or "").split())
    said = f"{type(original).__name__}: {text}"
    return {"table": table.fullname, "action": action, "error": said, "statement": statement}


def mapped_classes(metadata: sa.MetaData) -> dict[Any, Any]:
    """Return the mapped class of each table that has one; of several, the most general."""
    found: dict[Any, Any] = {}
    for registry in list(orm.mapperlib._all_registries()):  # noqa: SLF001 - No public way to all of them.
        for mapper in registry.mappers:
            if mapper.local_table in metadata.tables.values() and mapper.inherits is None:
                found.setdefault(mapper.local_table, mapper.class_)
    return found


def columns_of(table: sa.Table) -> dict[str, dict[str, bool]]:
    """Return what the models say of a table's columns."""
    return {
        one.name: {
            "nullable": bool(one.nullable),
            "default": one.default is not None or one.server_default is not None,
        }
        for one in table.columns
    }


def values_of(table: sa.Table, row: Row) -> dict[str, Any]:
    """Return what the old code would send: its defaults, and else the values of the row."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.default is not None or column.computed is not None:
            continue
        if column.name in row:
            values[column.name] = sa.literal_column(row[column.name])
        elif not is_given(column):
            values[column.name] = sa.null()
    return values


def is_given(column: sa.Column[Any]) -> bool:
    """Tell whether the server makes the value where none is sent."""
    has_default = column.server_default is not None or column.identity is not None
    return has_default or column is column.table.autoincrement_column


def all_values_of(table: sa.Table, row: Row) -> dict[str, Any]:
    """Return the row's values for all columns, those with defaults too."""
    return {
        column.name: sa.literal_column(row[column.name])
        for column in table.columns
        if column.name in row and column.computed is None
    }


def is_distinct(column: sa.Column[Any]) -> bool:
    """Tell whether rows are told apart, or bound to others, by this column."""
    return column.primary_key or bool(column.foreign_keys)


def inserting(table: sa.Table, values: dict[str, Any]) -> Act:
    """Return what inserts a row, and returns the condition that finds it."""

    def insert(connection: sa.Connection) -> Any:  # noqa: ANN401 - A condition.
        done = connection.execute(sa.insert(table).values(values))
        key = zip(table.primary_key.columns, done.inserted_primary_key or (), strict=False)
        found = (column == values.get(column.name, value) for column, value in key)
        return sa.and_(sa.true(), *found)

    return insert


def existing(connection: sa.Connection, table: sa.Table) -> Any:  # noqa: ANN401 - A condition.
    """Return the condition that finds some row."""
    columns = list(table.primary_key.columns)
    row = connection.execute(sa.select(*columns).limit(1)).first() if columns else None
    if row is None:
        return sa.false()
    return sa.and_(*(column == value for column, value in zip(columns, row, strict=True)))


if __name__ == "__main__":
    sys.path.pop(0)  # The folder of this file, whose names are not for the old code.
    main()
