"""`flask db rebase`: two branches become one line, and nothing is written that doesn't run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dbops.history.conftest import Git
    from tests.plugins.project import Project

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"
DROP = "op.drop_column('users', '{}')"


def versions_of(project: Project) -> dict[str, str]:
    folder = project.folder / "migrations" / "versions"
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def head_of(project: Project) -> str:
    return (project.folder / "migrations" / "HEAD").read_text()


def add(project: Project, revision: str, column: str, **words: str) -> Path:
    return project.add(revision, ADD.format(column), DROP.format(column), **words)


def fork(project: Project, git: Git, theirs: str, mine: str) -> None:
    """Leave main at a common revision, go on on both sides, and merge main."""
    (project.folder / "migrations" / "HEAD").write_text("0001\n")
    project.add("0001", USERS, "op.drop_table('users')")
    git.commit("common")
    git("checkout", "-q", "-b", "work")
    add(project, mine, "colour", parent="0001").rename(
        project.folder / "migrations" / "versions" / f"{mine}_colour.py"
    )
    (project.folder / "migrations" / "HEAD").write_text(f"{mine}\n")
    git.commit("mine")
    git("checkout", "-q", "main")
    add(project, theirs, "size", parent="0001").rename(
        project.folder / "migrations" / "versions" / f"{theirs}_size.py"
    )
    (project.folder / "migrations" / "HEAD").write_text(f"{theirs}\n")
    git.commit("theirs")
    git("checkout", "-q", "work")
    git("merge", "-q", "main", fails=True)


def test_a_numbered_branch_gets_the_next_number(sqlite_project: Project, git: Git) -> None:
    fork(sqlite_project, git, "0002", "0002")
    assert "<<<<<<<" in head_of(sqlite_project) or head_of(sqlite_project) == "0002\n"
    tried = sqlite_project.db("rebase", "--dry-run")
    assert tried.code == 0, tried.text
    assert "0002_colour.py becomes 0003_colour.py: behind 0002 (was: 0001)" in tried.out
    assert "1 revision would stand behind 0002" in tried.out
    assert "0002_colour.py" in versions_of(sqlite_project)
    done = sqlite_project.db("rebase", "--json")
    assert done.code == 0, done.text
    assert list(versions_of(sqlite_project)) == [
        "0001_test.py",
        "0002_size.py",
        "0003_colour.py",
    ]
    assert "revision = '0003'\ndown_revision = '0002'" in versions_of(sqlite_project)["0003_colour.py"]
    assert head_of(sqlite_project) == "0003\n"
    assert done.facts["written"] is True
    assert done.facts["moves"][0]["new_revision"] == "0003"
    assert done.facts["findings"][0]["message"] == "Both branches change users."
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["0003"]
    again = sqlite_project.db("rebase")
    assert "Nothing to do: the history is one line up to 0003." in again.out
