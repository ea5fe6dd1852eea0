"""`flask db squash`: one revision for many, and every database becomes what it would have been."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Outside, Project
    from tests.plugins.repository import Git

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"
DROP = "op.drop_column('users', '{}')"
TABLE = "TABLE = sa.table('users', sa.column('id'), sa.column('name'))\nNAME = {!r}"
FILLED = "with op.batch_alter_table('users') as batch:\n    "
FILLED += "batch.alter_column('name', existing_type=sa.Text, nullable={})"


def folder_of(project: Project) -> Path:
    return project.folder / "migrations" / "versions"


def versions_of(project: Project) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder_of(project).glob("*.py"))}


def add(project: Project, revision: str, column: str) -> Path:
    return project.add(revision, ADD.format(column), DROP.format(column))


def six(project: Project) -> Project:
    """Write six revisions with tables, rows, a rebuild and names that collide."""
    project.add("a1", USERS, "op.drop_table('users')")
    add(project, "a2", "name")
    project.add(
        "a3",
        "op.bulk_insert(TABLE, [{'id': 1, 'name': NAME}])",
        "op.execute('DELETE FROM users')",
        head=TABLE.format("ann"),
    )
    rename = "op.execute(TABLE.update().values(name={}))"
    project.add("a4", rename.format("NAME"), rename.format("'ann'"), head=TABLE.format("eve\n eve"))
    project.add("a5", FILLED.format("False"), FILLED.format("True"))
    add(project, "a6", "size")
    return project


def squashed(project: Project, *more: str, range_: str = "a1:a5") -> Outside:
    done = project.db("squash", range_, "-m", "Give users a name", "--json", *more)
    assert done.code == 0, done.text
    return done


def refused(done: Outside, *words: str) -> None:
    assert done.code == 1, done.text
    for word in words:
        assert word in done.err, done.err


def contents(project: Project) -> object:
    """Return the schema's text (SQLite) or columns, and all rows."""
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        shape = project.scalars("SELECT sql FROM sqlite_master WHERE tbl_name = 'users'")
    else:
        columns = sa.inspect(engine).get_columns("users")
        shape = [f"{one['name']} {one['type']} {one['nullable']}" for one in columns]
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sa.text("SELECT * FROM users"))]
    return shape, rows, project.heads()


def upgrade_slowly(project: Project, folder: Path) -> dict[str, Path]:
    """Go up one by one; return copies of the file by the revision it is at."""
    kept = {}
    for start in ("a2", "a3", "a4", "a5", "a6"):
        assert project.db("upgrade", start).code == 0
        kept[start] = folder / f"{start}.db"
        shutil.copy(folder / "test.db", kept[start])
    return kept


def test_every_database_becomes_what_it_would_have_been(
    sqlite_project: Project, tmp_path: Path
) -> None:
    """One that is fresh, one at each revision in the middle, one at the end and one behind it."""
    six(sqlite_project)
    (sqlite_project.folder / "migrations" / "HEAD").write_text("a6\n")
    kept = upgrade_slowly(sqlite_project, tmp_path)
    expected = contents(sqlite_project)
    facts = squashed(sqlite_project).facts
    assert facts["squashed"] == ["a2", "a3", "a4", "a5"]
    assert list(versions_of(sqlite_project)) == [
        "a1_test.py",
        "a5_give_users_a_name.py",
        "a6_test.py",
    ]
    assert (sqlite_project.folder / "migrations" / "HEAD").read_text() == "a6_test\n"
    again = sqlite_project.db("upgrade")
    assert (again.code, "edited" in again.text) == (0, False), again.text
    assert sqlite_project.db("downgrade", "a1").code == 0
    assert sqlite_project.db("downgrade", "base").code == 0
    assert sqlite_project.db("upgrade").code == 0
    assert contents(sqlite_project) == expected
    for start, path in kept.items():
        shutil.copy(path, tmp_path / "test.db")
        done = sqlite_project.db("upgrade", "--json")
        assert done.code == 0, done.text
        assert contents(sqlite_project) == expected
        middle = start in {"a2", "a3", "a4"}
        assert ("within-squash" in {one["code"] for one in done.facts["findings"]}) == middle


def test_one_in_the_middle_becomes_what_a_fresh_one_does(project: Project) -> None:
    six(project)
    assert project.db("upgrade", "a3").code == 0
    squashed(project)
    assert project.db("upgrade").code == 0
    steps = project.scalars("SELECT revision FROM dbops_log ORDER BY id")
    assert steps == ["a1", "a2", "a3", "a4", "a5", "a6"]
    expected = contents(project)
    assert project.db("downgrade", "base").code == 0
    assert project.db("upgrade").code == 0
    assert contents(project) == expected


def test_a_database_in_the_middle_is_told_where_it_stands(sqlite_project: Project) -> None:
    six(sqlite_project)
    assert sqlite_project.db("upgrade", "a3").code == 0
    squashed(sqlite_project)
    for verb in ("status", "current", "doctor"):
        done = sqlite_project.db(verb)
        assert "Traceback" not in done.text
        assert "has no file" not in done.text
        assert "a3" in done.out
    pending = sqlite_project.db("status", "--json").facts["pending"]
    assert [one["revision"] for one in pending] == ["a4", "a5", "a6"]
    assert sqlite_project.db("upgrade", "a5").code == 0
    assert sqlite_project.db("current", "--json").facts["heads"] == ["a5"]


def test_a_database_in_the_middle_is_refused_by_name_where_files_are_deleted(
    sqlite_project: Project,
) -> None:
    six(sqlite_project)
    assert sqlite_project.db("upgrade", "a3").code == 0
    assert squashed(sqlite_project, "--delete").facts["kept"] is None
    assert not (sqlite_project.folder / "migrations" / "squashed").exists()
    words = ("The database is at a3, which a5 was squashed from", "Nothing was changed", "a3")
    refused(sqlite_project.db("upgrade"), *words)
    assert "which a5 was squashed from" in sqlite_project.db("status").out
    assert sqlite_project.heads() == ["a3"]


def test_what_was_squashed_can_be_squashed_again(sqlite_project: Project, tmp_path: Path) -> None:
    six(sqlite_project)
    assert sqlite_project.db("upgrade", "a3").code == 0
    shutil.copy(tmp_path / "test.db", tmp_path / "middle.db")
    assert sqlite_project.db("upgrade").code == 0
    expected = contents(sqlite_project)
    squashed(sqlite_project)
    again = sqlite_project.db("squash", "base:", "-m", "Create users", "--json")
    assert again.code == 0, again.text
    assert again.facts["squashed"] == ["a1", "a5", "a6"]
    assert list(versions_of(sqlite_project)) == ["a6_create_users.py"]
    assert "edited" not in sqlite_project.db("upgrade").text
    shutil.copy(tmp_path / "middle.db", tmp_path / "test.db")
    assert sqlite_project.db("upgrade").code == 0
    assert contents(sqlite_project) == expected


def test_a_trial_writes_nothing(sqlite_project: Project) -> None:
    before = versions_of(six(sqlite_project))
    done = sqlite_project.db("squash", "a1:a5", "-m", "Give users a name", "--dry-run")
    assert "4 revisions would become a5_give_users_a_name.py: a2, a3, a4, a5." in done.out
    assert "one in between goes on through the files that were" in done.out
    assert versions_of(sqlite_project) == before
    assert not (sqlite_project.folder / "migrations" / "squashed").exists()


def test_what_main_has_may_be_squashed(sqlite_project: Project, git: Git) -> None:
    six(sqlite_project)
    git.commit()
    squashed(sqlite_project)
    codes = {one["code"] for one in sqlite_project.db("lint", "--json").facts["findings"]}
    assert "P-12" not in codes
    (folder_of(sqlite_project) / "a1_test.py").unlink()
    (folder_of(sqlite_project) / "a5_give_users_a_name.py").write_text(
        versions_of(sqlite_project)["a5_give_users_a_name.py"].replace("'a1'", "None")
    )


@pytest.mark.parametrize(
    ("range_", "words"),
    [
        ("a1:a2", "holds 1 revisions"),
        ("a1:zz", "is no range of revisions"),
        ("a1:a3", "b4 stands on a2, in the middle of the range"),
        ("a2:b4", "holds 1 revisions"),
    ],
)
def test_what_can_not_become_one_is_refused(
    sqlite_project: Project, range_: str, words: str
) -> None:
    six(sqlite_project)
    sqlite_project.add("b4", "pass", parent="a2")
    refused(sqlite_project.db("squash", range_, "-m", "Give users a name"), words)


def test_a_range_with_two_beginnings_is_refused(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS)
    sqlite_project.add("b1", "pass", parent=None)
    sqlite_project.add("c1", "pass", parent=("a1", "b1"))
    sqlite_project.add("c2", "pass")
    done = sqlite_project.db("squash", "a1:c2", "-m", "Join them")
    assert done.code == 1
    whole = sqlite_project.db("squash", "base:c2", "-m", "Join them", "--json")
    assert whole.code == 0, whole.text


def test_a_branch_and_its_merge_become_one(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    for revision in ("b1", "b2"):
        sqlite_project.add(revision, ADD.format(revision), DROP.format(revision), parent="a1")
    sqlite_project.add("m1", "pass", parent=("b1", "b2"), head="depends_on = None")
    done = sqlite_project.db("squash", "a1:m1", "-m", "Add two columns", "--json")
    assert done.code == 0, done.text
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["m1"]


@pytest.mark.parametrize(
    ("head", "upgrade", "words"),
    [
        ("N = 1", "global N\nN = 2", "by `global`"),
        ("import json as sa2\nfrom sqlalchemy import text", "pass", ""),
        ("import json as op", "pass", "op is one thing in"),
    ],
)
def test_what_can_not_stand_beside_the_others_is_refused(
    sqlite_project: Project, head: str, upgrade: str, words: str
) -> None:
    sqlite_project.add("a1", USERS)
    sqlite_project.add("a2", upgrade, head=head)
    done = sqlite_project.db("squash", "base:a2", "-m", "Create users")
    assert done.code == (1 if words else 0), done.text
    assert words in done.err


def test_a_revision_that_asks_for_itself_keeps_its_names(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    text = "op.execute('''CREATE TABLE notes (n TEXT DEFAULT 'one\n  two''' + \"')\")"
    sqlite_project.add(
        "a2",
        f'{text}\nop.execute("INSERT INTO notes VALUES (\'" + revision + "\')")',
        "op.drop_table('notes')",
        head="# Why it is so.\nWORD = 'word'\ndbops_class = 'expand'",
    )
    sqlite_project.add("a3", "print(WORD)", "upgrade()", head="WORD = 'other'")
    assert sqlite_project.db("upgrade").code == 0
    before = sqlite_project.scalars("SELECT sql FROM sqlite_master WHERE name = 'notes'")
    assert sqlite_project.db("downgrade", "base").code == 0
    assert sqlite_project.db("squash", "base:a3", "-m", "Create notes").code == 0
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.scalars("SELECT sql FROM sqlite_master WHERE name = 'notes'") == before
    assert sqlite_project.scalars("SELECT n FROM notes") == ["a2"]


def test_one_that_asks_what_the_database_holds_is_not_squashed(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS)
    counting = "SELECT count(*) FROM alembic_version WHERE version_num = 'a1'"
    sqlite_project.add(
        "a2",
        f'if op.get_bind().scalar(sa.text("{counting}")):\n    {ADD.format("name")}',
    )
    before = versions_of(sqlite_project)
    done = sqlite_project.db("squash", "base:a2", "-m", "Create users")
    refused(done, "A fresh database would not become the same", "the schema differs")
    assert versions_of(sqlite_project) == before


def test_rows_of_the_moment_are_counted(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    sqlite_project.add("a2", "op.execute('INSERT INTO users VALUES (random())')", "pass")
    done = sqlite_project.db("squash", "base:a2", "-m", "Create users", "--json")
    assert done.code == 0, done.text
    assert [one["code"] for one in done.facts["findings"]] == ["rows-of-the-moment"]


def test_where_there_was_no_way_back_there_is_none(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    path = sqlite_project.add("a2", ADD.format("name"), "raise RuntimeError('Irreversible')")
    done = sqlite_project.db("squash", "base:a2", "-m", "Create users", "--json")
    assert [one["code"] for one in done.facts["findings"]] == ["no-way-back"]
    assert not path.exists()


def test_one_that_can_only_run_alone_is_not_squashed(postgres_project: Project) -> None:
    postgres_project.add("a1", "op.execute(\"CREATE TYPE mood AS ENUM ('sad')\")")
    postgres_project.add("a2", "op.execute(\"ALTER TYPE mood ADD VALUE 'ok'\")")
    postgres_project.add("a3", "op.execute(\"CREATE TABLE t (m mood DEFAULT 'ok')\")")
    assert postgres_project.db("squash", "base:a2", "-m", "Create mood", "--dry-run").code == 0
    done = postgres_project.db("squash", "a1:a3", "-m", "Create mood")
    refused(done, "The one revision doesn't run", "No file was changed")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_thirty_revisions_and_every_midpoint(project: Project, seed: int) -> None:
    """Whatever the thirty do: the command's own proof takes a database from each to the next."""
    chance = random.Random(seed)
    project.add("r00", USERS, "op.drop_table('users')")
    for number in range(1, 31):
        name = f"c{number}"
        kind = chance.randrange(3)
        seeded = f"op.execute('INSERT INTO users (id) VALUES ({number})')"
        indexed = f"{ADD.format(name)}\nop.create_index('ix_{name}', 'users', ['{name}'])"
        up = (ADD.format(name), seeded, indexed)[kind]
        gone = f"op.execute('DELETE FROM users WHERE id = {number}')"
        undo = f"op.drop_index('ix_{name}', 'users')\n{DROP.format(name)}"
        project.add(f"r{number:02}", up, (DROP.format(name), gone, undo)[kind])
    done = project.db("squash", "r00:r30", "-m", "Thirty at once", "--json")
    assert done.code == 0, done.text
    middle = len(done.facts["squashed"]) - 1
    print(f"\n{middle} databases in the middle of a squash")  # noqa: T201 - Counts are to be seen.
    assert project.db("upgrade").code == 0
