"""`flask db rebase`: two branches become one line, and nothing is written that doesn't run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Outside, Project
    from tests.plugins.repository import Git

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"
DROP = "op.drop_column('users', '{}')"


def folder_of(project: Project) -> Path:
    return project.folder / "migrations" / "versions"


def versions_of(project: Project) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder_of(project).glob("*.py"))}


def head_of(project: Project) -> str:
    return (project.folder / "migrations" / "HEAD").read_text()


def add(project: Project, revision: str, column: str, below: str | None, head: str = "") -> Path:
    made = project.add(revision, ADD.format(column), DROP.format(column), parent=below, head=head)
    return made.rename(folder_of(project) / f"{revision}_{column}.py")


def set_head(project: Project, head: str) -> None:
    (project.folder / "migrations" / "HEAD").write_text(f"{head}\n")


def fork(project: Project, git: Git, theirs: str = "0002", mine: str = "0002") -> None:
    """Leave main at a common revision, go on on both sides, and merge main."""
    set_head(project, "0001")
    project.add("0001", USERS, "op.drop_table('users')")
    git.commit()
    git("checkout", "-q", "-b", "work")
    add(project, mine, "colour", "0001")
    set_head(project, mine)
    git.commit()
    git("checkout", "-q", "main")
    add(project, theirs, "size", "0001")
    set_head(project, theirs)
    git.commit()
    git("checkout", "-q", "work")
    git("merge", "-q", "main", fails=True)


def refused(done: Outside, *words: str, code: int = 1) -> None:
    assert done.code == code, done.text
    assert "Traceback" not in done.text
    for word in words:
        assert word in done.err, done.err


def test_a_numbered_branch_gets_the_next_number(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git)
    before = versions_of(sqlite_project)
    tried = sqlite_project.db("rebase", "--dry-run")
    assert tried.code == 0, tried.text
    assert "0002_colour.py becomes 0003_colour.py: behind 0002 (was: 0001)" in tried.out
    assert "1 revision would stand behind 0002" in tried.out
    assert versions_of(sqlite_project) == before
    done = sqlite_project.db("rebase", "--json")
    assert done.code == 0, done.text
    files = versions_of(sqlite_project)
    assert list(files) == ["0001_test.py", "0002_size.py", "0003_colour.py"]
    assert "revision = '0003'\ndown_revision = '0002'" in files["0003_colour.py"]
    assert head_of(sqlite_project) == "0003_colour\n"
    assert done.facts["written"] is True
    assert done.facts["moves"][0]["new_revision"] == "0003"
    assert done.facts["findings"][0]["message"] == "Both branches change users."
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["0003"]
    again = sqlite_project.db("rebase")
    assert "Nothing to do: the history is one line up to 0003." in again.out


def test_conflict_marks_in_the_head_file_are_explained_and_go(
    sqlite_project: Project, git: Git
) -> None:
    fork(sqlite_project, git, theirs="0002", mine="0003")
    assert "<<<<<<<" in head_of(sqlite_project)
    for command in ("doctor", "lint"):
        done = sqlite_project.db(command)
        assert "could not merge the file that names the newest one" in done.text
        assert "flask db rebase" in done.text
    assert sqlite_project.db("rebase").code == 0
    assert head_of(sqlite_project) == "0003_colour\n"
    assert "down_revision = '0002'" in versions_of(sqlite_project)["0003_colour.py"]
    assert "head" not in {
        one["code"] for one in sqlite_project.db("doctor", "--json").facts["findings"]
    }


def test_a_longer_branch_with_a_merge_becomes_a_line(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git, theirs="c3", mine="a1")
    add(sqlite_project, "a2", "shape", "a1")
    sqlite_project.add("a3", "pass", parent=("a2", "c3"))
    add(sqlite_project, "a4", "taste", "a3", head="depends_on = 'a1'")
    done = sqlite_project.db("rebase")
    assert done.code == 0, done.text
    files = versions_of(sqlite_project)
    below = [files[f"{name}.py"] for name in ("a1_colour", "a2_shape", "a3_test", "a4_taste")]
    for text, parent in zip(below, ("c3", "a1", "a2", "a3"), strict=True):
        assert f"down_revision = '{parent}'" in text
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["a4"]


def test_what_needs_another_follows_its_new_number(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git)
    path = add(sqlite_project, "0003", "shape", "0002", head="depends_on = ['0002']")
    path.write_text(
        '"""Add a shape.\n\nRevision ID: 0003\nRevises: 0002\nCreate Date: 2026-01-01\n"""\n'
        + path.read_text().partition('"""\n')[2].replace("down_revision =", "down_revision: str =")
    )
    assert sqlite_project.db("rebase").code == 0
    text = versions_of(sqlite_project)["0004_shape.py"]
    assert "Revision ID: 0004\nRevises: 0003\nCreate Date" in text
    assert "down_revision: str = '0003'" in text
    assert "depends_on = '0003'" in text


def test_two_changes_that_do_not_fit_are_refused_before_a_file_is_written(
    sqlite_project: Project, git: Git
) -> None:
    fork(sqlite_project, git, theirs="b2", mine="a2")
    (folder_of(sqlite_project) / "a2_colour.py").write_text(
        versions_of(sqlite_project)["a2_colour.py"].replace("'colour'", "'size'")
    )
    before = versions_of(sqlite_project)
    refused(
        sqlite_project.db("rebase"),
        "In one line the history doesn't run",
        "Both branches change users.",
        "No file was changed",
        "a2_colour.py:",
    )
    assert versions_of(sqlite_project) == before


@pytest.mark.parametrize("numbered", [False, True])
def test_what_is_applied_is_not_moved(sqlite_project: Project, git: Git, *, numbered: bool) -> None:
    mine = "0002" if numbered else "a2"
    sqlite_project.add("0001", USERS, "op.drop_table('users')")
    git.commit()
    git("checkout", "-q", "-b", "work")
    add(sqlite_project, mine, "colour", "0001")
    assert sqlite_project.db("upgrade").code == 0
    git.commit()
    git("checkout", "-q", "main")
    add(sqlite_project, "0002", "size", "0001")
    git.commit()
    git("checkout", "-q", "work")
    git("merge", "-q", "main")
    refused(
        sqlite_project.db("rebase"),
        f"{mine}_colour.py is applied in",
        "`flask db downgrade 0001`, then `flask db rebase`",
    )
    assert list(versions_of(sqlite_project))[-1] in {"0002_size.py", "a2_colour.py"}


def test_the_namesake_that_stays_may_be_applied(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git)
    mine = folder_of(sqlite_project) / "0002_colour.py"
    text = mine.read_text()
    mine.unlink()
    assert sqlite_project.db("upgrade").code == 0
    mine.write_text(text)
    assert sqlite_project.db("rebase").code == 0
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["0003"]


def test_what_is_published_is_not_moved(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git, theirs="b2", mine="a2")
    refused(
        sqlite_project.db("rebase", "--onto", "a2"), "b2_size.py: main has it", "flask db merge"
    )
    add(sqlite_project, "c2", "shape", "0001")
    git.commit()
    git("checkout", "-q", "main")
    git("merge", "-q", "work")
    refused(sqlite_project.db("rebase"), "heads on main", "flask db merge")


def test_without_git_the_older_stays_or_the_one_that_is_named(sqlite_project: Project) -> None:
    sqlite_project.add("0001", USERS)
    young, old = (add(sqlite_project, name, name, "0001") for name in ("a2", "b2"))
    refused(sqlite_project.db("rebase"), "2 heads", "--onto REVISION")
    for path, day in ((young, "2026-02-02"), (old, "2026-01-01")):
        dated = path.read_text().replace('."""', f'.\n\nCreate Date: {day}\n"""', 1)
        path.write_text(dated)
    assert "a2_a2.py: behind b2" in sqlite_project.db("rebase", "--dry-run").out
    assert "b2_b2.py: behind a2" in sqlite_project.db("rebase", "--onto", "a2").out
    refused(sqlite_project.db("rebase", "--onto", "zz"), "zz is no revision")


def test_the_same_number_twice_is_named_by_its_file(sqlite_project: Project) -> None:
    sqlite_project.add("0001", USERS)
    for column in ("size", "colour"):
        add(sqlite_project, "0002", column, "0001")
    refused(sqlite_project.db("rebase", "--onto", "0002"), "0002 is in several files")
    done = sqlite_project.db("rebase", "--onto", "0002_size.py")
    assert done.code == 0, done.text
    assert list(versions_of(sqlite_project))[-1] == "0003_colour.py"


def test_a_branch_with_a_name_stays_one(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git, theirs="b2", mine="a2")
    path = folder_of(sqlite_project) / "a2_colour.py"
    path.write_text(f"{path.read_text()}\nbranch_labels = ('paint',)\n")
    refused(sqlite_project.db("rebase"), "a2_colour.py begins a branch with a name")


def test_what_can_not_be_read_is_refused(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git, theirs="b2", mine="a2")
    path = folder_of(sqlite_project) / "a2_colour.py"
    path.write_text(path.read_text().replace("'0001'", "str('0001')"))
    refused(sqlite_project.db("rebase"), "down_revision is can't be read", code=2)


def test_a_database_out_of_reach_is_told(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git)
    (sqlite_project.folder.parent / "test.db").mkdir()
    done = sqlite_project.db("rebase", "--json")
    assert done.code == 0, done.text
    assert "not-asked" in {one["code"] for one in done.facts["findings"]}


@pytest.mark.postgres
def test_it_is_proved_on_postgres(postgres_project: Project) -> None:
    postgres_project.add("0001", USERS)
    add(postgres_project, "0002", "size", "0001")
    made = postgres_project.add(
        "0003", "op.execute('ALTER TABLE users ADD COLUMN tags text[]')", parent="0001"
    )
    assert made.exists()
    done = postgres_project.db("rebase", "--onto", "0002", "--json")
    assert done.code == 0, done.text
    assert postgres_project.db("upgrade").code == 0
    assert postgres_project.heads() == ["0003"]
