"""Revisions with autocommit blocks that break off halfway, and go on exactly there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

CREATE = """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.Integer))
op.create_table('u', sa.Column('word', sa.Text))
for n in range(1, 8):
    op.execute(f'INSERT INTO t VALUES ({n}, 0)')
"""
BREAK = """
import pathlib
def breaks(name):
    if not pathlib.Path(__file__).with_name(name).exists():
        raise ValueError('broken at ' + name)
"""


def add(project: Project, body: str) -> None:
    project.add("a001", CREATE)
    project.add("a002", body, head=BREAK)


def go_on(project: Project, *names: str) -> None:
    """Break at each of the points in turn, then come through."""
    for name in names:
        result = project.db("upgrade")
        assert result.code == 1
        assert f"broken at {name}" in result.text
        assert project.heads() == ["a001"]
        (project.folder / "migrations" / "versions" / name).touch()
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.heads() == ["a002"]
    assert project.scalars("SELECT count(*) FROM dbops_steps") == [0]


def test_nothing_is_done_twice_and_nothing_is_left_out(project: Project) -> None:
    add(
        project,
        """
        op.execute("UPDATE t SET n = n + 1")
        op.add_column('t', sa.Column('x', sa.Integer))
        with op.get_context().autocommit_block():
            op.execute("UPDATE t SET n = n + 10")
            op.execute("INSERT INTO u VALUES ('once')")
            breaks("in")
            op.execute("UPDATE t SET n = n * 3")
        op.execute("UPDATE t SET n = n + 2")
        breaks("between")
        with op.get_context().autocommit_block():
            op.execute("UPDATE t SET n = n + 100")
            breaks("late")
        op.execute("UPDATE t SET n = n + 5")
        breaks("end")
        """,
    )
    go_on(project, "in", "between", "late", "end")
    assert set(project.scalars("SELECT n FROM t")) == {(1 + 10) * 3 + 2 + 100 + 5}
    assert project.scalars("SELECT word FROM u") == ["once"]


def test_a_loop_of_batches_counts_on(project: Project) -> None:
    add(
        project,
        """
        bind = op.get_bind()
        batch = sa.text("UPDATE t SET n = n + 1 WHERE id IN "
                        "(SELECT id FROM t WHERE n = 0 ORDER BY id LIMIT 2)")
        with op.get_context().autocommit_block():
            rounds = 0
            while bind.execute(batch).rowcount:
                rounds += 1
                if rounds == 2:
                    breaks("second")
            op.execute(f"INSERT INTO u VALUES ('{rounds}')")
        """,
    )
    go_on(project, "second")
    assert set(project.scalars("SELECT n FROM t")) == {1}
    assert project.scalars("SELECT word FROM u") == ["4"]


def test_statements_of_every_make_may_be_passed_over(project: Project) -> None:
    add(
        project,
        """
        bind = op.get_bind()
        u = sa.table("u", sa.column("word", sa.Text))
        op.bulk_insert(u, [{"word": "a"}, {"word": "b"}])
        bind.execute(u.insert(), [{"word": "c"}, {"word": "d"}])
        bind.execute(sa.text("INSERT INTO u VALUES ('e') RETURNING word")).fetchall()
        with op.get_context().autocommit_block():
            bind.execute(u.insert(), [{"word": "f"}, {"word": "g"}])
            bind.execute(u.insert().values(word="h"))
            bind.execute(sa.text("UPDATE u SET word = 'H' WHERE word = 'h' RETURNING word")).all()
            bind.execute(sa.text("DELETE FROM u WHERE word = :w"), {"w": "a"})
            bind.execute(sa.text("DELETE FROM u WHERE word = 'nobody'"))
            assert bind.execute(sa.text("SELECT count(*) FROM u")).scalar() == 7
            breaks("late")
        """,
    )
    go_on(project, "late")
    assert sorted(map(str, project.scalars("SELECT word FROM u"))) == list("Hbcdefg")


def test_a_failed_statement_of_a_block_is_undone(project: Project) -> None:
    add(
        project,
        """
        with op.get_context().autocommit_block():
            op.execute("INSERT INTO u VALUES ('once')")
            op.execute("INSERT INTO t SELECT 1, 1 FROM u WHERE word <> 'go'")
        """,
    )
    assert project.db("upgrade").code == 1
    assert project.scalars("SELECT word FROM u") == ["once"]
    project.execute("UPDATE u SET word = 'go'")
    assert project.db("upgrade").code == 0
    assert project.scalars("SELECT word FROM u") == ["go"]


def test_a_transaction_of_the_revisions_own_is_left_to_it(project: Project) -> None:
    add(
        project,
        """
        with op.get_context().autocommit_block():
            op.execute("BEGIN")
            op.execute("UPDATE t SET n = 4")
            op.execute("COMMIT")
            breaks("late")
        """,
    )
    go_on(project, "late")
    assert set(project.scalars("SELECT n FROM t")) == {4}


def test_a_downgrade_has_a_ledger_of_its_own(project: Project) -> None:
    project.add("a001", CREATE)
    project.add(
        "a002",
        "op.execute('UPDATE t SET n = 1')",
        """
        op.execute("UPDATE t SET n = n + 1")
        with op.get_context().autocommit_block():
            op.execute("UPDATE t SET n = n + 10")
            breaks("down")
        """,
        head=BREAK,
    )
    assert project.db("upgrade").code == 0
    assert project.db("downgrade").code == 1
    (project.folder / "migrations" / "versions" / "down").touch()
    assert project.db("downgrade").code == 0
    assert set(project.scalars("SELECT n FROM t")) == {12}


def test_vacuum_runs_where_no_transaction_is(project: Project) -> None:
    block = "with op.get_context().autocommit_block():\n    "
    add(project, f"{block}op.execute('VACUUM')\n    breaks('late')\nop.execute('UPDATE t SET n=1')")
    go_on(project, "late")
    assert set(project.scalars("SELECT n FROM t")) == {1}


@pytest.mark.postgres
def test_what_postgresql_left_unfinished_is_finished(postgres_project: Project) -> None:
    project = postgres_project
    project.add(
        "a001",
        """
        op.execute('CREATE TABLE p (id int NOT NULL, "Odd Name" int) PARTITION BY RANGE (id)')
        op.execute("CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (9)")
        op.execute("CREATE TABLE t (id int, n int)")
        op.execute("CREATE INDEX gone ON t (n)")
        op.execute('CREATE INDEX "By Id" ON t (id)')
        """,
    )
    project.add(
        "a002",
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TABLE p DETACH PARTITION c CONCURRENTLY")
            op.execute("DROP INDEX CONCURRENTLY gone")
            op.execute('CREATE INDEX CONCURRENTLY "New" ON public.t (n)')
            op.execute("REINDEX TABLE CONCURRENTLY t")
            breaks("late")
        """,
        head=BREAK,
    )
    assert project.db("upgrade").code == 1
    project.execute("UPDATE dbops_steps SET state = 'intent' WHERE digest <> '*'")
    project.execute('CREATE INDEX "By Id_ccnew" ON t (id)')
    project.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"By Id_ccnew\"'::regclass"
    )
    project.execute("CREATE TABLE d PARTITION OF p FOR VALUES FROM (10) TO (19)")
    (project.folder / "migrations" / "versions" / "late").touch()
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.scalars("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'c'::regclass") == [0]
    assert project.scalars("SELECT to_regclass('gone')") == [None]
    assert project.scalars("SELECT count(*) FROM pg_class WHERE relname LIKE '%ccnew'") == [0]
    assert project.scalars("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [0]


@pytest.mark.postgres
def test_a_partition_half_detached_is_detached(postgres_project: Project) -> None:
    project = postgres_project
    project.add(
        "a001",
        """
        op.execute("CREATE TABLE p (id int NOT NULL) PARTITION BY RANGE (id)")
        op.execute("CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (9)")
        """,
    )
    project.add(
        "a002",
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TABLE p DETACH PARTITION c CONCURRENTLY")
        """,
    )
    assert project.db("upgrade", "a001").code == 0
    project.execute("UPDATE pg_inherits SET inhdetachpending = true")
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.scalars("SELECT count(*) FROM pg_inherits") == [0]
