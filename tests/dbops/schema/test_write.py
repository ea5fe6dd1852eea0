"""`flask db drift --write`: what was done by hand becomes a revision for the other databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

WRITE = ("drift", "--write", "-m", "Keep what was done by hand", "--rev-id", "a4")


def drifts(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(project.db("drift", "--json").out)["differences"]
    return found


BY_HAND = (
    "ALTER TABLE items ADD COLUMN nick VARCHAR(30) DEFAULT 'x' NOT NULL",
    "CREATE INDEX by_nick ON items (nick DESC) WHERE nick <> 'y'",
    "CREATE TABLE others (id INTEGER NOT NULL PRIMARY KEY, words TEXT)",
    "CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 9",
    "ALTER TABLE items DROP COLUMN at",
)


def test_what_was_done_by_hand_becomes_a_revision(grown: Project) -> None:
    for statement in BY_HAND:
        grown.execute(statement)
    done = grown.db(*WRITE)
    assert done.code == 1, done.text
    assert "flask db stamp a4" in done.out
    assert "Undo by hand" not in done.out, "It is written down, so it stays."
    path = next((grown.folder / "migrations" / "versions").glob("a4_*.py"))
    assert "dbops_class" in path.read_text()
    stamped = grown.db("stamp", "a4")
    assert stamped.code == 0, stamped.text
    assert {tuple(one["against"]) for one in drifts(grown)} == {("models",)}
    assert "others" in grown.tables()
    undone = grown.db("downgrade", "a3")
    assert undone.code == 0, undone.text
    assert "others" not in grown.tables()
    assert {tuple(one["against"]) for one in drifts(grown)} == {("models",)}
    again = grown.db("upgrade")
    assert again.code == 0, again.text
    assert {tuple(one["against"]) for one in drifts(grown)} == {("models",)}


def test_json_names_the_file(grown: Project) -> None:
    grown.execute("CREATE TABLE others (id INTEGER NOT NULL PRIMARY KEY)")
    facts = json.loads(grown.db(*WRITE, "--json").out)
    assert facts["revision"] == "a4"
    assert Path(facts["file"]).exists()


def test_nothing_is_written_where_nothing_was_done_by_hand(grown: Project) -> None:
    done = grown.db(*WRITE)
    assert done.code == 0, done.text
    assert "Nothing was written" in done.out
    assert json.loads(grown.db(*WRITE, "--json").out)["file"] is None


@pytest.mark.parametrize("message", [[], ["-m", "fix"]])
def test_a_message_must_say_something(grown: Project, message: list[str]) -> None:
    grown.execute("CREATE TABLE others (id INTEGER)")
    done = grown.db("drift", "--write", *message)
    assert done.code == 2, done.text
    assert "No file was written" in done.text


def test_nothing_is_written_below_the_newest_revision(grown: Project) -> None:
    grown.add("a4", "pass")
    grown.execute("CREATE TABLE others (id INTEGER)")
    done = grown.db(*WRITE)
    assert done.code == 2
    assert "flask db upgrade" in done.err
