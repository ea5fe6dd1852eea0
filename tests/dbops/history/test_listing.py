"""The commands that list revisions, for people as Alembic does it, for machines as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"


@pytest.fixture
def forked(sqlite_project: Project) -> Project:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    sqlite_project.add("b1", "pass", parent="a1", head="branch_labels = ('b',)")
    sqlite_project.add("c1", "op.drop_table('users')", parent="a1")
    sqlite_project.add("c2", "pass", head="depends_on = 'b1'")
    return sqlite_project


def names(project: Project, *words: str) -> list[str]:
    done = project.db(*words, "--json")
    assert done.code == 0, done.text
    assert len(done.out.splitlines()) == 1
    return [one["revision"] for one in done.facts["revisions"]]


def test_heads_branches_and_history_are_listed(forked: Project) -> None:
    assert sorted(names(forked, "heads")) == ["b1", "c2"]
    assert names(forked, "heads", "--resolve-dependencies") == ["c2"]
    assert names(forked, "branches") == ["a1"]
    assert set(names(forked, "history")) == {"a1", "b1", "c1", "c2"}
    assert names(forked, "history", "-r", "a1:c1") == ["c1", "a1"]
    assert names(forked, "show", "c1") == ["c1"]


def test_a_revision_is_told_with_its_facts(forked: Project) -> None:
    told = forked.db("show", "c2", "--json").facts["revisions"][0]
    assert told["file"].endswith("c2_test.py")
    del told["file"]
    assert told == {
        "revision": "c2",
        "down_revision": ["c1"],
        "depends_on": ["b1"],
        "branch_labels": [],
        "is_head": True,
        "class": "expand",
        "title": "Revision c2.",
    }


@pytest.mark.parametrize("verb", ["heads", "branches", "history", "show"])
def test_people_get_what_alembic_prints(forked: Project, verb: str) -> None:
    words = [verb, "c2"] if verb == "show" else [verb]
    done = forked.db(*words)
    assert done.code == 0, done.text
    assert ("c2" if verb != "branches" else "a1") in done.out
    assert "{" not in done.out


def test_the_databases_own_revision_is_marked(forked: Project) -> None:
    assert forked.db("upgrade", "c1").code == 0
    told = forked.db("history", "-i", "--json").facts["revisions"]
    assert [one["revision"] for one in told if one["is_current"]] == ["c1"]
    assert names(forked, "history", "-r", "current:c2") == ["c2", "c1"]
    assert "(current)" in forked.db("history", "-i").out


def test_current_tells_a_machine_where_the_database_is(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS)
    later = sqlite_project.add("a2", "op.add_column('users', sa.Column('b', sa.Text))")
    fresh = sqlite_project.db("current", "--json")
    assert (fresh.code, fresh.facts["heads"], fresh.facts["is_at_head"]) == (0, [], False)
    strict = sqlite_project.db("current", "--json", "--check-heads")
    assert strict.code == 1
    assert strict.facts["findings"][0]["code"] == "not-up-to-date"
    assert sqlite_project.db("upgrade").code == 0
    done = sqlite_project.db("current", "--json", "--check-heads")
    assert done.code == 0
    assert done.facts["titles"] == {"a2": "Revision a2."}
    later.unlink()
    ahead = sqlite_project.db("current", "--json")
    assert (ahead.code, ahead.facts["findings"][0]["code"]) == (0, "ahead")


def test_going_back_is_told_to_a_machine(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS, "op.drop_table('users')")
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.db("downgrade", "--json").facts["applied"] == ["a1"]
