"""What broken runs of plain Alembic left in a database, and how to be rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "_alembic_tmp_"
INVALID = """
    SELECT n.nspname || '.' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1"""


def find_leftovers(connection: sa.Connection) -> Iterator[Finding]:
    """Yield the tables of dead batch changes, and the indexes that were never finished."""
    names = set(sa.inspect(connection).get_table_names())
    for name in sorted(names):
        if name.startswith(PREFIX):
            yield _table(name, names)
    if connection.dialect.name == "postgresql":
        for name in connection.execute(sa.text(INVALID.replace(":", "\\:"))).scalars():
            yield Finding(
                "invalid-index",
                f"The index {name} was not finished; it slows writes down and speeds nothing up.",
                name,
                f"DROP INDEX CONCURRENTLY {name}; then run the upgrade again.",
            )


def _table(name: str, names: set[str]) -> Finding:
    """Tell a leftover beside its table from one that is the only copy of the rows."""
    original = name.removeprefix(PREFIX)
    # The name is cut at 50 characters, so it may be the beginning of a longer one.
    there = any(one == original or one.startswith(original) for one in names - {name})
    if there:
        message = f"The table {name} is left over from a batch change of {original} that died."
        remedy = f'{original} still holds the rows. After a `flask db backup`: DROP TABLE "{name}".'
    else:
        message = (
            f"The table {name} may hold the only copy of the rows of {original}, which is gone."
        )
        remedy = f'After a `flask db backup`: ALTER TABLE "{name}" RENAME TO "{original}".'
    return Finding("leftover-table", message, name, remedy)
