"""`flask db verify`: what it is asked, on what it works, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.plugins.project import Project

TABLE = "op.create_table('things', sa.Column('id', sa.Integer, primary_key=True), {more})"
NAMES = TABLE.format(more="sa.Column('name', sa.String(20), nullable=False)")
DROP = "op.drop_table('things')"
ADD = "op.add_column('things', sa.Column('price', sa.Integer))"
TAKE = "op.drop_column('things', 'price')"


def messages(facts: dict[str, object], code: str) -> list[str]:
    found: list[dict[str, str]] = facts["findings"]  # type: ignore[assignment] # JSON.
    return [one["message"] for one in found if one["code"] == code]


def revisions(facts: dict[str, object]) -> list[str]:
    return [one["revision"] for one in facts["verified"]]  # type: ignore[attr-defined] # JSON.


@pytest.fixture
def things(sqlite_project: Project) -> Project:
    sqlite_project.add("0001", NAMES, DROP)
    sqlite_project.add("0002", ADD, TAKE)
    return sqlite_project


def fill(project: Project, count: int) -> None:
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        rows = [{"name": f"n{n}"} for n in range(count)]
        connection.execute(sa.text("INSERT INTO things (name) VALUES (:name)"), rows)


def test_a_clean_history_ends_well_and_nothing_real_is_touched(things: Project) -> None:
    done = things.db("verify")
    assert done.code == 0, done.text
    assert "2 revisions taken up, down and up again on sqlite: 0 errors, 2 losses" in done.out
    assert "0001 on sqlite: up, down and up again" in done.err
    assert "postgresql was left out" in done.out
    assert not Path(things.url.removeprefix("sqlite:///")).exists()


def test_a_range_is_verified_on_what_stands_below_it(things: Project) -> None:
    things.add("0003", "pass", "pass")
    assert revisions(things.db("verify", "--json", "--range", "0001:0002").facts) == ["0002"]
    assert things.db("verify", "--range", "nonsense:").code == 2


def test_a_copy_is_taken_back_and_forth_with_its_own_rows(things: Project) -> None:
    things.db("upgrade", "0001")
    fill(things, 1200)
    done = things.db("verify", "--copy", "--json")
    assert done.code == 0, done.text
    assert revisions(done.facts) == ["0002", "0001"]
    assert messages(done.facts, "V-09") == [
        "0002: The downgrade loses things.price with 6 values.",
        "0001: The downgrade loses table things with 1,200 rows.",
    ]
    assert things.scalars("SELECT count(*) FROM things") == [1200]
    assert things.heads() == ["0001"]


def test_real_rows_are_told_as_they_are_on_an_applied_revision(things: Project) -> None:
    things.db("upgrade")
    fill(things, 3)
    things.execute("UPDATE things SET price = 5 WHERE id < 3")
    done = things.db("verify", "--copy", "--json")
    lost = {"0002: The downgrade loses things.price with 2 values."}
    assert lost < set(messages(done.facts, "V-09"))
    assert done.code == 0


def test_a_way_back_that_does_nothing_is_seen_on_a_copy_too(sqlite_project: Project) -> None:
    sqlite_project.add("0001", NAMES, DROP)
    sqlite_project.add("0002", ADD, "pass")
    sqlite_project.db("upgrade")
    done = sqlite_project.db("verify", "--copy", "--json")
    assert done.code == 1
    assert len(messages(done.facts, "V-03")) == 1
    assert revisions(done.facts)[0] == "0002"


def test_a_copy_that_cannot_be_made_or_tried_elsewhere_is_refused(things: Project) -> None:
    assert things.db("verify", "--copy").code == 2
    assert things.db("verify", "--copy", "--dialect", "postgresql").code == 2
    assert things.db("verify", "--dialect", "postgresql").code == 2


def test_behind_a_revision_that_cannot_be_applied_none_is_verified(things: Project) -> None:
    things.add("0003", "op.drop_table('never')")
    things.add("0004", "pass")
    done = things.db("verify", "--json")
    assert done.code == 1
    assert len(messages(done.facts, "V-01")) == 1
    assert messages(done.facts, "V-12")[0].endswith("because an earlier one failed: 0004.")


def test_below_the_range_a_revision_that_needs_empty_tables_is_passed(things: Project) -> None:
    things.add("0003", "op.add_column('things', sa.Column('n', sa.Integer, nullable=False))")
    things.add("0004", ADD.replace("price", "size"), TAKE.replace("price", "size"))
    done = things.db("verify", "--json", "--range", "0003:")
    assert done.code == 0, done.text
    things.add("0005", "op.drop_table('never')")
    things.add("0006", "pass")
    done = things.db("verify", "--json", "--range", "0005:")
    assert len(messages(done.facts, "V-12")) == 1


def test_a_finding_is_let_pass_where_the_file_gives_the_reason(sqlite_project: Project) -> None:
    sqlite_project.add("0001", NAMES, DROP)
    reason = "# dbops: allow V-03 because the column stays until the import is done"
    sqlite_project.add("0002", ADD, "pass", head=reason)
    done = sqlite_project.db("verify", "--json")
    assert done.code == 0, done.text


def test_without_rows_the_tables_stay_empty(things: Project) -> None:
    done = things.db("verify", "--json", "--rows", "0")
    assert messages(done.facts, "V-09") == []


def test_a_table_that_takes_no_rows_is_named(sqlite_project: Project) -> None:
    never = "sa.Column('n', sa.Integer, sa.CheckConstraint('n > 5 AND n < 3'), nullable=False)"
    sqlite_project.add("0001", TABLE.format(more=never), DROP)
    done = sqlite_project.db("verify", "--json")
    assert done.code == 0
    assert "no row that keeps its CHECKs was found" in messages(done.facts, "V-11")[0]


@pytest.mark.postgres
def test_a_postgresql_is_copied_by_its_server_or_by_a_dump(postgres_project: Project) -> None:
    postgres_project.add("0001", NAMES, DROP)
    postgres_project.db("upgrade")
    fill(postgres_project, 3)
    app = postgres_project.load()
    wanted = ["0001: The downgrade loses table things with 3 rows."]
    done = postgres_project.db("verify", "--copy", "--json", app=app)
    assert messages(done.facts, "V-09") == wanted, done.text
    held = sa.create_engine(postgres_project.url)
    with held.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        done = postgres_project.db("verify", "--copy", "--json", app=app)
    held.dispose()
    assert messages(done.facts, "V-09") == wanted, done.text


def test_branches_and_what_depends_on_them_are_walked(sqlite_project: Project) -> None:
    sqlite_project.add("0001", NAMES, DROP)
    sqlite_project.add("left", ADD, TAKE)
    sqlite_project.add(
        "right", ADD.replace("price", "size"), TAKE.replace("price", "size"), parent="0001"
    )
    sqlite_project.add("both", "pass", "pass", parent=("left", "right"))
    done = sqlite_project.db("verify", "--json")
    assert done.code == 0, done.text
    assert set(revisions(done.facts)) == {"0001", "left", "right", "both"}
