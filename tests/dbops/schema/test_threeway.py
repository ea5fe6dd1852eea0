"""`flask db check` and `flask db drift`: who has what, and nothing where all is well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.dbops.schema.conftest import extend
from tests.plugins.corpus import add_corpus

if TYPE_CHECKING:
    from tests.plugins.project import Outside, Project

AGREE = "No new upgrade operations detected: the models, the history and the database agree at a3."
FAR = """

class Far(db.Model):
    __tablename__ = "far"
    __table_args__ = {"schema": "app"}
    id = db.Column(db.Integer, primary_key=True)
"""
NICK = "    nick = db.Column(db.Text)\n"


def drifts(project: Project) -> list[dict[str, Any]]:
    done = project.db("drift", "--json")
    assert done.code in {0, 1}, done.text
    found: list[dict[str, Any]] = json.loads(done.out)["differences"]
    return found


def only(project: Project) -> dict[str, Any]:
    found = drifts(project)
    assert len(found) == 1, [one["text"] for one in found]
    return found[0]


def ends(done: Outside, code: int) -> str:
    assert done.code == code, done.text
    assert "Traceback" not in done.text
    return done.text


def test_nothing_is_found_in_a_clean_history(grown: Project) -> None:
    assert ends(grown.db("check"), 0).strip() == AGREE
    shown = ends(grown.db("drift"), 0)
    assert AGREE in shown
    assert "Note: table items: the models' columns stand in another order" in shown
    facts = json.loads(ends(grown.db("check", "--json"), 0))
    assert facts["ok"] is True
    assert facts["compared"] == ["history", "models", "database"]
    assert facts["heads"] == ["a3"]
    assert facts["differences"] == []
    assert [one["name"] for one in facts["reordered"]] == ["items"]


def test_what_no_revision_does_is_told_apart(grown: Project) -> None:
    extend(grown, NICK)
    text = ends(grown.db("check"), 1)
    assert "The models differ from the history in 1 thing:" in text
    assert "+ column items.nick" in text
    assert "flask db migrate" in text
    one = only(grown)
    assert one["against"] == ["models"]
    assert one["change"] == "unexpected"
    assert one["text"].endswith("the models have it, no revision does")


def test_what_was_done_by_hand_is_told_apart(grown: Project) -> None:
    grown.execute("CREATE INDEX by_hand ON items (name)")
    grown.execute("ALTER TABLE items DROP COLUMN at")
    text = ends(grown.db("drift"), 1)
    assert "The database differs from its history in 2 things:" in text
    assert "+ index by_hand on items (keys name): the database has it, the history doesn't" in text
    assert "- column items.at" in text
    assert "the history has it, the database doesn't: dropped by hand" in text
    assert "2 differences between the models, the history and the database." in text
    assert {tuple(one["against"]) for one in drifts(grown)} == {("database",)}


def test_what_models_and_database_have_alike_is_one_difference(grown: Project) -> None:
    extend(grown, NICK)
    grown.execute("ALTER TABLE items ADD COLUMN nick TEXT")
    one = only(grown)
    assert one["against"] == ["models", "database"]
    assert "no revision does" in one["text"]
    assert "differ from the history alike in 1 thing" in ends(grown.db("check"), 1)


def test_a_changed_fact_is_told_with_both_values(grown: Project) -> None:
    extend(grown, "", "db.String(40)", "db.String(60)")
    one = only(grown)
    assert one["change"] == "changed"
    assert list(one["facts"]) == ["type"]
    assert "40" in one["facts"]["type"][0]
    assert "60" in one["facts"]["type"][1]
    assert "in the models" in one["text"]


def test_pending_revisions_are_no_drift(grown: Project) -> None:
    grown.add("a4", "op.add_column('items', sa.Column('nick', sa.Text))")
    grown.add("a5", "op.create_index('by_nick', 'items', ['nick'])")
    extend(grown, "    nick = db.Column(db.Text, index=True)\n")
    extend(grown, '\ndb.Index("by_nick", Item.nick)\n', ", index=True", "")
    text = ends(grown.db("check"), 1)
    assert "is not at the newest revision: it lacks 2 revisions (a4, a5)" in text
    assert drifts(grown) == []
    grown.execute("ALTER TABLE items DROP COLUMN at")
    assert only(grown)["against"] == ["database"]


def test_a_database_that_is_not_there_is_not_made(sqlite_project: Project) -> None:
    sqlite_project.add("a1", "pass")
    assert "does not exist yet: it lacks 1 revision" in ends(sqlite_project.db("check"), 1)
    assert not Path(sqlite_project.url.removeprefix("sqlite:///")).exists()


def test_an_unversioned_database_is_compared_with_the_newest_revision(project: Project) -> None:
    project.add("a1", "op.create_table('users', sa.Column('id', sa.Integer))")
    project.execute("CREATE TABLE users (id INTEGER)")
    project.execute("CREATE TABLE others (id INTEGER)")
    text = ends(project.db("drift"), 1)
    assert "holds tables but no version" in text
    assert "flask db adopt" in text
    assert only(project)["name"] == "others"


def test_an_empty_database_only_lacks_its_revisions(project: Project) -> None:
    project.add("a1", "op.create_table('users', sa.Column('id', sa.Integer))")
    project.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    text = ends(project.db("drift"), 1)
    assert "it lacks 1 revision (a1)" in text
    assert drifts(project) == []


def test_a_database_ahead_is_not_compared(grown: Project) -> None:
    path = grown.add("a4", "op.add_column('items', sa.Column('nick', sa.Text))")
    assert grown.db("upgrade").code == 0
    path.unlink()
    text = ends(grown.db("check"), 0)
    assert "ahead of this code by 1 (compatible)" in text
    facts = json.loads(grown.db("drift", "--json").out)
    assert facts["compared"] == ["history", "models"]


def test_without_models_the_history_and_the_database_are_compared(project: Project) -> None:
    project.add("a1", "op.create_table('users', sa.Column('id', sa.Integer))")
    assert project.db("upgrade").code == 0
    assert "the history and the database agree at a1" in ends(project.db("check"), 0)
    project.execute("DROP TABLE users")
    assert only(project)["text"].startswith("table users (columns id): the history has it")


def test_a_history_that_cannot_be_replayed_is_no_answer(grown: Project) -> None:
    path = grown.folder / "migrations" / "versions" / "a3_test.py"
    path.write_text(path.read_text().replace("def upgrade():", "def upgrade():\n    1 / 0"))
    done = grown.db("check", "--json")
    assert ends(done, 2)
    assert json.loads(done.out)["ok"] is False


def test_what_models_cannot_say_is_no_fault_of_theirs(grown: Project) -> None:
    view = "CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 9"
    grown.add("a4", f"op.execute('{view}')")
    if grown.url.startswith("sqlite"):
        grown.add("a5", "op.execute('CREATE VIRTUAL TABLE words USING fts5(name)')")
        body = "AFTER INSERT ON items BEGIN UPDATE items SET cents = 1; END"
        grown.add("a6", f"op.execute('CREATE TRIGGER touched {body}')")
    else:
        grown.add("a5", "op.execute('CREATE SEQUENCE numbers')")
        grown.add("a6", "op.execute('ALTER TABLE items ENABLE ROW LEVEL SECURITY')")
        grown.add("a7", "op.execute('CREATE MATERIALIZED VIEW seen AS SELECT 1 AS n')")
        grown.add("a8", "op.execute('CREATE INDEX by_n ON seen (n)')")
        grown.add("a9", "op.execute(\"COMMENT ON CONSTRAINT of ON items IS 'whose'\")")
    # Many a project maps a class on a view.
    extend(grown, '\nclass Cheap(db.Model):\n    __tablename__ = "cheap"\n')
    extend(
        grown, "    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.Text)\n"
    )
    assert grown.db("upgrade").code == 0
    assert drifts(grown) == []


def test_the_projects_own_filters_are_asked(grown: Project) -> None:
    extend(
        grown,
        "\ndef ours(thing, name, kind, reflected, other):\n"
        "    return not reflected or thing is None or not name.startswith('theirs')\n\n\n"
        "def ours_too(name, kind, parents):\n    return kind != 'table' or name != 'alien'\n",
        "migrate = Migrate()",
        "migrate = Migrate(include_object=lambda *a: ours(*a), "
        "include_name=lambda *a: ours_too(*a))",
    )
    grown.execute("CREATE TABLE theirs_one (id INTEGER)")
    grown.execute("CREATE TABLE alien (id INTEGER)")
    assert drifts(grown) == []
    grown.execute("CREATE INDEX theirs ON items (name)")
    grown.execute("ALTER TABLE items ADD COLUMN theirs_as_well TEXT")
    assert drifts(grown) == []
    grown.execute("CREATE TABLE ours_after_all (id INTEGER)")
    assert only(grown)["name"] == "ours_after_all"


def test_branches_are_replayed_to_where_the_database_stands(project: Project) -> None:
    project.add("a1", "op.create_table('users', sa.Column('id', sa.Integer))")
    project.add("b1", "op.add_column('users', sa.Column('b', sa.Text))", parent="a1")
    project.add("c1", "op.add_column('users', sa.Column('c', sa.Text))", parent="a1")
    assert project.db("upgrade", "heads").code == 0
    assert ends(project.db("check"), 0)


def test_only_tables_that_the_filters_let_pass_count(grown: Project) -> None:
    extend(
        grown,
        "\ndef ours(thing, name, kind, reflected, other):\n"
        "    return kind in ('table', 'column')\n",
        "migrate = Migrate()",
        "migrate = Migrate(include_object=lambda *a: ours(*a))",
    )
    grown.execute("CREATE INDEX by_hand ON items (name)")
    grown.execute("CREATE TABLE more (id INTEGER)")
    extend(grown, "    __table_args__ = (db.UniqueConstraint('name', name='one'), )\n")
    extend(grown, "", 'ForeignKey("parents.id", ondelete="CASCADE"', 'ForeignKey("parents.id"')
    assert only(grown)["name"] == "more"


@pytest.mark.postgres
def test_all_of_it_works_on_postgresql(grown_postgres: Project) -> None:
    assert ends(grown_postgres.db("check"), 0).strip() == AGREE
    grown_postgres.execute("ALTER TYPE mood ADD VALUE 'so-so'")
    assert "enum mood" in only(grown_postgres)["text"]
    extend(grown_postgres, FAR)
    body = "op.execute('CREATE SCHEMA app')\nop.create_table('far', sa.Column('id', sa.Integer,"
    grown_postgres.add("a4", f"{body} primary_key=True), schema='app')")
    grown_postgres.add("a5", "op.execute('COMMENT ON INDEX app.far_pkey IS $$Far.$$')")
    grown_postgres.add("a6", "op.execute('ALTER TABLE app.far SET (fillfactor = 50)')")
    assert grown_postgres.db("upgrade").code == 0
    grown_postgres.execute("CREATE SCHEMA nobody")
    grown_postgres.execute("CREATE TABLE nobody.asked (id integer)")
    assert "enum mood" in only(grown_postgres)["text"]


@pytest.mark.long
def test_nothing_is_found_in_a_history_of_every_kind_of_revision(project: Project) -> None:
    number = add_corpus(project)
    half = project.db("upgrade", f"r{number // 2:03}")
    assert half.code == 0, half.text
    assert drifts(project) == []
    assert project.db("upgrade").code == 0
    assert ends(project.db("check"), 0)
    assert drifts(project) == []
