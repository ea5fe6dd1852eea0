"""How big the tables are that pending revisions name, and what changing them may take."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import RevisionStep

from bacowr.dbops.engines import sibling
from bacowr.dbops.events import Noticed, emit
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.plan import Plan
    from bacowr.dbops.project import Project

BIG_ROWS = 100_000
COUNTED = 1_000_000
LEAST_BYTES = 32
"""What a row takes at least."""
# A rebuild copies a row of about 400 bytes with three indexes at some 100 000 rows per second.
ROWS_PER_SECOND = 100_000


def warn_of_big_tables(project: Project, plan: Plan) -> None:
    """Tell how many rows the big tables have that the pending revisions name."""
    with sibling(project.engine).connect() as connection:
        big = _big_tables(connection)
    named = dict.fromkeys(_names_in(plan)) if big else {}
    for name in named:
        if name in big:
            emit(Noticed(_finding(name, big[name])))


def _big_tables(connection: sa.Connection) -> dict[str, int]:
    """Return the tables worth a word, with about how many rows they have."""
    if connection.dialect.name == "sqlite":
        names = sa.inspect(connection).get_table_names()
    else:
        query = sa.text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (reltuples >= :rows "
            "OR reltuples <= 0 AND pg_relation_size(oid) >= :bytes)"
        )
        sizes = {"rows": BIG_ROWS, "bytes": BIG_ROWS * LEAST_BYTES}
        names = list(connection.scalars(query, sizes))
    counted = {name: count_roughly(connection, name) for name in names}
    return {name: rows for name, rows in counted.items() if rows >= BIG_ROWS}


def _names_in(plan: Plan) -> Iterator[str]:
    for planned in plan.steps:
        if isinstance(planned.step, RevisionStep):
            path = Path(planned.step.revision.path)
            if path.suffix == ".py":
                yield from names_in(path.read_text("utf-8"))


def _finding(name: str, rows: int) -> Finding:
    seconds = max(1, rows // ROWS_PER_SECOND)
    return Finding(
        "big-table",
        f"{name} has about {rows:,} rows; copying them all would take about {seconds} s.",
        level=Level.INFO,
    )


def names_in(source: str) -> Iterator[str]:
    """Yield the words that a revision's operations are given, among them the tables' names."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for word in node.args[:2]:
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    yield word.value


def count_roughly(connection: sa.Connection, table: str) -> int:
    """Return about how many rows a table has, mostly without reading them."""
    quoted = connection.dialect.identifier_preparer.quote(table)
    if connection.dialect.name == "sqlite":
        try:
            found = connection.exec_driver_sql(f"SELECT max(_rowid_) FROM {quoted}").scalar()
        except sa.exc.OperationalError:
            # WITHOUT ROWID: only counting tells, and no further than there is something to tell.
            counting = f"SELECT count(*) FROM (SELECT 1 FROM {quoted} LIMIT {COUNTED})"
            found = connection.exec_driver_sql(counting).scalar()
        return int(found or 0)
    query = sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
    rows = connection.execute(query, {"name": quoted}).scalar()
    if rows is None:  # In a schema where no revision looks without naming it.
        return 0
    return int(rows) if rows > 0 else _planned(connection, quoted)


def _planned(connection: sa.Connection, quoted: str) -> int:
    """Return how many rows the planner expects of a table that was never analyzed, by its pages."""
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {quoted}").scalar()
    plan = json.loads(told) if isinstance(told, str) else told
    return int(plan[0]["Plan"]["Plan Rows"]) if plan else 0
