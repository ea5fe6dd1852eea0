"""migrations/HEAD: kept by whatever writes a revision, and looked at where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project
    from tests.plugins.repository import Git

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"


def head_in(project: Project) -> Path:
    return project.folder / "migrations" / "HEAD"


def one(project: Project) -> Project:
    project.add("0001", USERS, "op.drop_table('users')")  # In 0001_test.py.
    head_in(project).write_text("0001\n")
    assert project.db("upgrade").code == 0
    return project


def codes(project: Project, verb: str) -> set[str]:
    findings = project.db(verb, "--json").facts["findings"]
    return {finding["code"] for finding in findings}


def test_every_command_that_writes_a_revision_keeps_it(sqlite_project: Project) -> None:
    one(sqlite_project)
    words = ("revision", "-m", "Fill users", "--rev-id")
    assert sqlite_project.db(*words, "0002").code == 0
    assert head_in(sqlite_project).read_text() == "0002_fill_users\n"
    assert sqlite_project.db(*words, "0003", "--head", "0001", "--splice").code == 0
    assert head_in(sqlite_project).read_text() == "0002_fill_users\n0003_fill_users\n"
    merged = sqlite_project.db("merge", "-m", "Merge", "--rev-id", "0004", "--json")
    assert merged.facts["revisions"][0]["down_revision"] == ["0002", "0003"]
    assert head_in(sqlite_project).read_text() == "0004_merge\n"


def test_autogenerate_keeps_it(sqlite_project: Project) -> None:
    one(sqlite_project)
    program = sqlite_project.folder / "app.py"
    program.write_text(
        program.read_text()
        + "\nclass User(db.Model):\n    __tablename__ = 'users'\n"
        + "    id = db.Column(db.Integer, primary_key=True)\n    size = db.Column(db.Integer)\n"
    )
    done = sqlite_project.db("migrate", "-m", "Give users a size", "--rev-id", "0002")
    assert done.code == 0, done.text
    assert head_in(sqlite_project).read_text() == "0002_give_users_a_size\n"


def test_where_there_is_none_none_is_made(sqlite_project: Project) -> None:
    one(sqlite_project)
    head_in(sqlite_project).unlink()
    assert sqlite_project.db("revision", "-m", "Fill users", "--rev-id", "0002").code == 0
    assert sqlite_project.db("rebase").code == 0
    assert not head_in(sqlite_project).exists()
    assert "head-file" not in codes(sqlite_project, "doctor") | codes(sqlite_project, "lint")


@pytest.mark.parametrize("verb", ["doctor", "lint"])
def test_one_that_is_out_of_step_is_told_and_mended(sqlite_project: Project, verb: str) -> None:
    one(sqlite_project)
    assert codes(sqlite_project, verb) & {"head-file", "head-conflict"} == set()
    head_in(sqlite_project).write_text("0000\n")
    done = sqlite_project.db(verb)
    assert done.code == 1
    assert "The file says 0000, and the newest revision is 0001." in done.out
    assert "flask db rebase" in done.out
    assert sqlite_project.db("rebase").code == 0
    assert head_in(sqlite_project).read_text() == "0001_test\n"
    assert codes(sqlite_project, verb) & {"head-file", "head-conflict"} == set()


def test_conflict_marks_are_told_as_such(sqlite_project: Project) -> None:
    one(sqlite_project)
    head_in(sqlite_project).write_text("<<<<<<< work\n0001\n=======\n0002\n>>>>>>> main\n")
    assert "head-conflict" in codes(sqlite_project, "doctor")
    assert "head-conflict" in codes(sqlite_project, "lint")


def test_two_branches_with_the_same_number_collide(sqlite_project: Project, git: Git) -> None:
    one(sqlite_project)
    git.commit()
    for branch, message in (("work", "Fill users"), ("other", "Empty users")):
        git("checkout", "-q", "-b", branch, "main")
        done = sqlite_project.db("revision", "-m", message, "--rev-id", "0002")
        assert done.code == 0, done.text
        git.commit()
    git("merge", "-q", "work", fails=True)
    assert head_in(sqlite_project).read_text().startswith("<<<<<<<")
