"""The connection of a revision that is only read: it notes what it is given, and has no rows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import inspection
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from bacowr.dbops.lint.sql.columns import ConstraintKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bacowr.dbops.lint.schema import Schema


class NoRows(IteratorResult[Any]):
    """The answer to any statement: no rows, and none touched; a count is 0."""

    rowcount = 0
    lastrowid = None
    inserted_primary_key = None


class Blind:
    """A connection to nothing, as far as revisions use one."""

    def __init__(self, dialect: sa.Dialect, note: Callable[[str], None], schema: Schema) -> None:
        self.dialect = dialect
        self.note = note
        self.schema = schema
        self.engine = self

    def execute(self, statement: Any, *_: Any, **__: Any) -> NoRows:  # noqa: ANN401 - As SQLAlchemy's.
        """Note the statement; its result is empty."""
        text = str(statement.compile(dialect=self.dialect))
        self.note(text)
        counts = [(0,)] if "count(" in text.lower() else []
        return NoRows(SimpleResultMetaData(["nothing"]), iter(counts))

    def exec_driver_sql(self, statement: str, *_: Any, **__: Any) -> NoRows:  # noqa: ANN401 - As above.
        """Note the statement; its result is empty."""
        return self.execute(sa.text(statement.replace(":", r"\:")))

    def scalar(self, statement: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As above.
        """Note the statement; there is no value, but for a count."""
        return self.execute(statement).scalar()

    def scalars(self, statement: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As above.
        """Note the statement; there are no values."""
        return self.execute(statement).scalars()

    def execution_options(self, **_: object) -> Blind:
        """Change nothing."""
        return self

    def commit(self) -> None:
        """Note that the revision ends its own transaction."""
        self.note("COMMIT")

    def rollback(self) -> None:
        """Note that the revision ends its own transaction."""
        self.note("ROLLBACK")

    @contextmanager
    def begin_nested(self) -> Iterator[Blind]:
        """Give itself: a savepoint changes no lock."""
        yield self

    def _run_ddl_visitor(self, visitor: Any, element: Any, **words: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own door for create() and drop().
        words["checkfirst"] = False
        visitor(dialect=self.dialect, connection=self, **words).traverse_single(element)


class BlindInspector:
    """Answers sa.inspect() from what the history says so far."""

    def __init__(self, blind: Blind) -> None:
        self.schema = blind.schema

    def get_table_names(self, **_: object) -> list[str]:
        """Return the tables."""
        return list(self.schema.tables)

    def get_view_names(self, **_: object) -> list[str]:
        """Return the views."""
        return list(self.schema.views)

    def has_table(self, table: str, **_: object) -> bool:
        """Tell whether the table is known."""
        return table in self.schema.tables

    def has_index(self, _table: str, index: str, **_: object) -> bool:
        """Tell whether the index is known."""
        return index in self.schema.indexes

    def get_columns(self, table: str, **_: object) -> list[dict[str, object]]:
        """Return the columns' names and whether they may be null."""
        columns = self.schema.table(table).columns.values()
        return [{"name": one.name, "nullable": not one.is_not_null} for one in columns]

    def get_indexes(self, table: str, **_: object) -> list[dict[str, object]]:
        """Return the indexes' names and columns."""
        found = self.schema.indexes_on(table)
        return [{"name": one.name, "column_names": list(one.columns)} for one in found]

    def get_unique_constraints(self, table: str, **_: object) -> list[dict[str, object]]:
        """Return the names and columns of UNIQUE constraints."""
        return self._constraints(table, ConstraintKind.UNIQUE)

    def get_check_constraints(self, table: str, **_: object) -> list[dict[str, object]]:
        """Return the names of CHECKs."""
        return self._constraints(table, ConstraintKind.CHECK)

    def get_foreign_keys(self, table: str, **_: object) -> list[dict[str, object]]:
        """Return the foreign keys."""
        return self._constraints(table, ConstraintKind.FOREIGN_KEY)

    def _constraints(self, table: str, kind: ConstraintKind) -> list[dict[str, object]]:
        return [
            {
                "name": one.name or None,
                "column_names": list(one.columns),
                "constrained_columns": list(one.columns),
                "referred_table": one.parent,
                "referred_columns": list(one.parent_columns),
                "sqltext": one.body,
            }
            for one in self.schema.table(table).constraints
            if one.kind is kind
        ]


inspection._inspects(Blind)(BlindInspector)  # noqa: SLF001 - How SQLAlchemy's own classes register.
