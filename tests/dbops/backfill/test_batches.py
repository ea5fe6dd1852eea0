"""Batches by key: every row once, whatever the key is; resumed, steered, and told."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.backfill import Backfill, continue_unfinished, keys
from bacowr.dbops.backfill.pace import Pace

if TYPE_CHECKING:
    from tests.plugins.project import Project

Give = Callable[..., Any]
VALUES = (
    st.integers()
    | st.text()
    | st.uuids()
    | st.datetimes()
    | st.dates()
    | st.binary()
    | st.decimals(allow_nan=False)
)
KEYS = {
    "text": ('sa.Column("k", sa.Text, primary_key=True)', "'k' || {n}"),
    "uuid": ('sa.Column("k", sa.Uuid, primary_key=True)', None),
    "two": (
        'sa.Column("a", sa.Integer, primary_key=True), sa.Column("b b", sa.Text, primary_key=True)',
        "{n} % 3, 'b' || {n}",
    ),
    "moment": ('sa.Column("k", sa.Date, primary_key=True)', None),
    "none": ('sa.Column("k", sa.Integer)', "{n}"),
}


@given(st.lists(VALUES, min_size=1).map(tuple))
def test_a_key_is_read_as_it_was_written(values: tuple[object, ...]) -> None:
    found = keys.load(keys.dump(values))
    assert found == values
    assert [type(one) for one in found or ()] == [type(one) for one in values]


def key_values(kind: str, n: int) -> str:
    written = KEYS[kind][1]
    if written is not None:
        return written.format(n=n)
    day = dt.date(2026, 1, 1) + dt.timedelta(days=n)
    made = {"uuid": uuid.uuid5(uuid.NAMESPACE_OID, str(n)), "moment": day}
    return f"'{made[kind]}'"


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", KEYS)
def test_every_row_is_done_once_whatever_the_key(project: Project, kind: str) -> None:
    columns, _ = KEYS[kind]
    if kind == "none" and not project.url.startswith("sqlite"):
        columns = columns.replace(")", ", unique=True)")
    rows = [f"({key_values(kind, n)}, 0)" for n in range(1, 41)]
    if kind == "uuid" and project.url.startswith("sqlite"):
        rows = [row.replace("-", "") for row in rows]
    project.config["DBOPS_BACKUP"] = False
    project.add(
        "a1",
        f"""
        op.create_table("odd table", {columns}, sa.Column("hits", sa.Integer))
        op.execute(\"\"\"INSERT INTO "odd table" VALUES {", ".join(rows)}\"\"\")
        """,
    )
    key = ', key="k"' if kind == "none" and not project.url.startswith("sqlite") else ""
    project.add(
        "a2",
        "backfill.start()",
        head=f"""
from bacowr.dbops.backfill import Backfill
backfill = Backfill(table="odd table", where="hits = 0"{key},
                    sql='UPDATE "odd table" SET hits = hits + 1 WHERE {{these}}')
""",
    )
    outside = project.db("upgrade")
    assert outside.code == 0, outside.text
    assert "The backfill of a2 (odd table) is done: 40 rows changed" in outside.text
    assert project.scalars('SELECT hits FROM "odd table"') == [1] * 40
    assert int(str(project.scalars("SELECT batches FROM dbops_backfills")[0])) == 3


@pytest.mark.usefixtures("small_batches")
def test_a_function_makes_the_batches(
    project: Project, users: Give, declare: Give, stand: Give, function: str
) -> None:
    users(project, 20)
    declare(project, more=function, sql="")
    assert project.db("upgrade").code == 0
    assert project.scalars("SELECT locale FROM users ORDER BY id LIMIT 2") == ["c1", "c2"]
    assert stand(project)["changed"] == 20


@pytest.mark.usefixtures("small_batches")
def test_what_the_budget_leaves_goes_on_where_it_ended(declared: Project, stand: Give) -> None:
    declared.config["DBOPS_BACKFILL_BUDGET"] = "0"
    outside = declared.db("upgrade")
    assert outside.code == 0
    assert stand(declared)["state"] == "pending"
    assert declared.db("backfill", "run", "--budget", "0").code == 0
    app = declared.load()
    steps = iter([False, False, False, True])
    with app.app_context():
        (first,) = continue_unfinished(app, 60, lambda: next(steps, True))
        assert 0 < first.batches < 6
        assert first.state == "pending"
        (second,) = continue_unfinished(app, 60)
        assert continue_unfinished(app, 60) == ()
    assert second.state == "succeeded"
    assert second.changed == 40
    assert declared.scalars("SELECT DISTINCT hits FROM users") == [1]


@pytest.mark.usefixtures("small_batches")
def test_rows_that_come_meanwhile_are_done_in_the_end(
    project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(project, 10)
    late = """
@backfill.batch
def fill(connection, these):
    users = sa.table("users", sa.column("hits"), sa.column("locale"))
    done = connection.execute(users.update().where(these)
                              .values(hits=users.c.hits + 1, locale="x"))
    connection.execute(sa.text("INSERT INTO users (id, country) SELECT 1, 'late' "
                               "WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = 1)"))
    return done.rowcount
"""
    declare(project, more=late, sql="")
    assert project.db("upgrade").code == 0
    told = stand(project)
    assert (told["state"], told["sweep"], told["changed"]) == ("succeeded", 1, 11)
    assert project.scalars("SELECT DISTINCT hits FROM users") == [1]


def test_a_row_that_no_batch_can_do_makes_it_fail_and_names_the_row(
    project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(project, 10)
    project.add("a11", "op.execute('UPDATE users SET country = NULL WHERE id = 6')")
    declare(project)
    outside = project.db("upgrade")
    assert outside.code == 0
    assert "The row [6] of users still matches `locale IS NULL`" in outside.text
    outside = project.db("backfill", "run", "a2")
    assert outside.code == 1
    assert stand(project)["state"] == "failed"
    project.execute("UPDATE users SET country = 'SE' WHERE id = 6")
    assert project.db("backfill", "run", "a2").code == 0
    assert stand(project)["state"] == "succeeded"
    assert stand(project)["error"] == ""


def test_a_batch_that_raises_is_rolled_back_and_told(
    project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(project, 10)
    declare(project, sql="UPDATE users SET id = id / (id - 9), locale = 'x' WHERE {these}")
    declare(project, "a3", sql="UPDATE users SET no_such = 1 WHERE {these}")
    outside = project.db("upgrade")
    assert outside.code == 0
    assert "The backfill of a3 (users) has failed at 0%" in outside.text
    assert "no_such" in stand(project, "a3")["error"]
    assert project.scalars("SELECT count(*) FROM users WHERE locale = 'x'")[0] in {0, 10}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"table": "nobody"}, "There is no table nobody to backfill"),
        ({"key": "nothing"}, "The table users has no nothing to go by"),
        ({"where": "nothing IS NULL"}, "nothing"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_in_its_revision(
    sqlite_project: Project, users: Give, declare: Give, words: dict[str, str], said: str
) -> None:
    users(sqlite_project, 1)
    declare(sqlite_project, **words)
    outside = sqlite_project.db("upgrade")
    assert outside.code == 1
    assert said in outside.text
    assert sqlite_project.heads() == ["a1"]


def test_a_declaration_says_what_it_lacks() -> None:
    with pytest.raises(ValueError, match="which rows are still to be done"):
        Backfill(table="users", where=" ")
    with pytest.raises(ValueError, match="the rows of one batch"):
        Backfill(table="users", where="x IS NULL", sql="UPDATE users SET x = 1")
    whole = Backfill(table="users", where="x IS NULL", sql="UPDATE users SET x = 1 WHERE {these}")
    with pytest.raises(ValueError, match="either"):
        whole.batch(lambda *_: None)
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(ValueError, match="or a function"):
        Backfill("users", "x IS NULL").execute(connection, "(1 = 1)", {})


@pytest.mark.usefixtures("small_batches")
def test_a_busy_database_makes_batches_smaller_and_is_waited_for(
    declared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared.config["DBOPS_BACKFILL_BUDGET"] = "0"
    assert declared.db("upgrade").code == 0
    monkeypatch.setattr("bacowr.dbops.backfill.connections.BUSY_TIMEOUT_MS", 1)
    engine = sa.create_engine(declared.url, poolclass=sa.NullPool)
    hindered: list[int] = []
    other = engine.connect()

    def hinder(pace: Pace) -> None:
        hindered.append(pace.size)
        other.rollback()

    calls = itertools.count()

    def lock() -> bool:
        if next(calls) == 3:
            other.execute(sa.text("UPDATE users SET hits = hits WHERE id = 120"))
        return False

    monkeypatch.setattr(Pace, "hinder", hinder)
    app = declared.load()
    with other, app.app_context():
        (status,) = continue_unfinished(app, 60, lock)
    assert hindered
    assert status.retries == len(hindered)
    assert status.state == "succeeded"
    assert declared.scalars("SELECT DISTINCT hits FROM users") == [1]


def test_an_empty_table_is_done_at_once(
    sqlite_project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(sqlite_project, 0)
    declare(sqlite_project)
    outside = sqlite_project.db("upgrade")
    assert "is done: 0 rows changed in 0 batches" in outside.text
    assert stand(sqlite_project)["share"] == 1


def test_decimals_are_keys_too() -> None:
    assert keys.load(keys.dump((decimal.Decimal("1.50"),))) == (decimal.Decimal("1.50"),)


def test_a_revision_outside_a_run_does_all_rows_at_once(
    sqlite_project: Project, users: Give, declare: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    plain = (
        "from alembic import context\nfrom flask import current_app\n"
        "engine = current_app.extensions['migrate'].db.engine\n"
        "with engine.connect() as connection:\n"
        "    context.configure(connection=connection)\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations()\n"
    )
    (sqlite_project.folder / "migrations" / "env.py").write_text(plain)
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.scalars("SELECT DISTINCT hits FROM users") == [1]
