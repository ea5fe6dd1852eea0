"""Big tables that a plan names are told of, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

CHANGE = """
with op.batch_alter_table('users') as batch:
    batch.alter_column('name', existing_type=sa.Text, type_=sa.String(40))
"""
MANY = 120_000
COUNT = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {})"


@pytest.mark.parametrize("analyzed", [True, False])
def test_postgres_tells_of_a_big_table(postgres_project: Project, *, analyzed: bool) -> None:
    postgres_project.add("a1", "op.execute('CREATE UNLOGGED TABLE users (id int, name text)')")
    assert postgres_project.db("upgrade").code == 0
    postgres_project.execute(
        f"INSERT INTO users SELECT n, 'x' FROM generate_series(1, {2 * MANY}) n"
    )
    if analyzed:
        postgres_project.execute("ANALYZE users")
    postgres_project.add("a2", CHANGE)
    done = postgres_project.db("upgrade", "--json")
    assert done.code == 0, done.text
    told = [one["message"] for one in done.facts["findings"] if one["code"] == "big-table"]
    assert len(told) == 1
    assert told[0].startswith("users has about ")


def test_sqlite_tells_of_a_big_table_without_rowids(sqlite_project: Project) -> None:
    sqlite_project.add(
        "a1", "op.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT) WITHOUT ROWID')"
    )
    assert sqlite_project.db("upgrade").code == 0
    sqlite_project.execute(f"{COUNT.format(MANY)} INSERT INTO users SELECT n, 'x' FROM c")
    sqlite_project.add("a2", CHANGE)
    done = sqlite_project.db("upgrade", "--json")
    assert done.code == 0, done.text
    assert "users has about 120,000 rows" in done.out
