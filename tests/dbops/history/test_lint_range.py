"""What `flask db lint` reviews when nobody says what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.plugins.project import Project
    from tests.plugins.repository import Git

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"


def three(project: Project) -> Project:
    project.add("a1", USERS, "op.drop_table('users')")
    project.add("a2", "op.add_column('users', sa.Column('b', sa.Text))", "pass")
    project.add("a3", "op.add_column('users', sa.Column('c', sa.Text))", "pass")
    return project


def reviewed(project: Project) -> tuple[list[str], str]:
    facts = project.db("lint", "--json").facts
    return facts["revisions"], " ".join(facts["notes"])


def test_on_a_branch_it_is_what_main_lacks(sqlite_project: Project, git: Git) -> None:
    three(sqlite_project)
    git.commit()
    git("checkout", "-q", "-b", "work")
    assert sqlite_project.db("upgrade").code == 0
    sqlite_project.add("a4", "pass", "pass")
    assert reviewed(sqlite_project)[0] == ["a4"]
    git.commit()
    sqlite_project.add("a5", "pass", "pass")
    found, note = reviewed(sqlite_project)
    assert found == ["a4", "a5"]
    assert "Reviewed is what main lacks; --range base:heads reviews all." in note


def test_a_branch_without_revisions_has_nothing_to_review(
    sqlite_project: Project, git: Git
) -> None:
    three(sqlite_project)
    git.commit()
    git("checkout", "-q", "-b", "work")
    (sqlite_project.folder / "notes.txt").write_text("x")
    git.commit()
    found, note = reviewed(sqlite_project)
    assert found == []
    assert "what main lacks" in note


def test_on_main_it_is_what_the_database_lacks_or_the_newest(
    sqlite_project: Project, git: Git
) -> None:
    three(sqlite_project)
    git.commit()
    found, note = reviewed(sqlite_project)
    assert found == ["a3"]
    assert "Reviewed is the newest on main" in note
    assert sqlite_project.db("upgrade", "a1").code == 0
    found, note = reviewed(sqlite_project)
    assert found == ["a2", "a3"]
    assert "Reviewed is what the database lacks" in note


def test_what_the_remote_main_lacks_counts_on_the_local_one(
    sqlite_project: Project, git: Git
) -> None:
    three(sqlite_project)
    git.commit()
    git("update-ref", "refs/remotes/origin/main", "main")
    sqlite_project.add("a4", "pass", "pass")
    git.commit()
    found, note = reviewed(sqlite_project)
    assert found == ["a4"]
    assert "what origin/main lacks" in note


def test_without_git_or_a_database_it_is_all(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(sqlite_project)
    assert reviewed(sqlite_project)[0] == ["a1", "a2", "a3"]
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert reviewed(sqlite_project)[0] == ["a1", "a2", "a3"]


def test_a_clone_without_depth_is_compared_with_the_tip(sqlite_project: Project, git: Git) -> None:
    """Its commits have no common one with main; what main's tip has is still not new."""
    three(sqlite_project)
    git.commit()
    git("checkout", "-q", "--orphan", "work")
    sqlite_project.add("a4", "pass", "pass")
    git.commit()
    assert reviewed(sqlite_project)[0] == ["a4"]
    assert "P-12" not in {
        one["code"] for one in sqlite_project.db("lint", "--json").facts["findings"]
    }
