"""Every verb ends with 0 when all is well, 1 when it found or refused something, 2 when it could
not be tried; and never with a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bacowr.dbops.commands import COMMANDS

if TYPE_CHECKING:
    from tests.plugins.project import Project

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
WORDS = {
    "compat": (),
    "merge": ("-m", "Merge"),
    "migrate": ("-m", "Add users.size"),
    "revision": ("-m", "Fill users", "--autogenerate"),
    "squash": ("base:a2", "-m", "Create users"),
    "stamp": ("a1",),
}
FILES_ONLY = ("backups", "branches", "heads", "history", "merge", "rebase", "show")
"""Those that a database out of reach doesn't hinder, since they have nothing to ask it here."""
NO_SERVER = {**dict.fromkeys(FILES_ONLY, 0), "doctor": 1, "lint": 0, "restore": 1}
"""`lint` assumes rows then, `doctor` reports it, and `restore` has no copy to begin with."""
NO_DATABASE = {**dict.fromkeys(FILES_ONLY, 0), "doctor": 1, "restore": 1, "squash": 0, "verify": 0}
"""On SQLite, those that try things out do it elsewhere."""
BROKEN_HISTORY = {"doctor": 1, "backup": 0, "backups": 0, "ensure-version": 0, "log": 0}
BROKEN_HISTORY |= {"restore": 1, "schema": 0}


def two(project: Project) -> Project:
    project.add("a1", USERS, "op.drop_table('users')")
    add = "op.add_column('users', sa.Column('name', sa.Text))"
    project.add("a2", add, "op.drop_column('users', 'name')")
    return project


def run(project: Project, verb: str, *more: str) -> tuple[int, str]:
    done = project.db(verb, *WORDS.get(verb, ()), *more)
    assert "Traceback" not in done.text
    return done.code, done.text


@pytest.mark.parametrize("verb", COMMANDS)
def test_without_a_server_it_could_not_be_tried(sqlite_project: Project, verb: str) -> None:
    two(sqlite_project)
    sqlite_project.url = "postgresql+psycopg://me:secretpw@127.0.0.1:1/app"
    code, text = run(sqlite_project, verb)
    assert "secretpw" not in text
    assert code == NO_SERVER.get(verb, 2), text


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_file_that_is_no_database_could_not_be_tried(sqlite_project: Project, verb: str) -> None:
    two(sqlite_project)
    path = sqlite_project.folder.parent / "test.db"
    path.write_bytes(b"not a database, but long enough to be read as a page" * 100)
    code, text = run(sqlite_project, verb)
    assert code == NO_DATABASE.get(verb, 2), text


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_wrong_word_could_not_be_tried(sqlite_project: Project, verb: str) -> None:
    two(sqlite_project)
    code, text = run(sqlite_project, verb, "--no-such-option")
    assert code == 2
    assert "No such option" in text


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_history_that_cannot_be_read_could_not_be_tried(
    sqlite_project: Project, verb: str
) -> None:
    two(sqlite_project)
    assert sqlite_project.db("upgrade").code == 0
    sqlite_project.add("a3", "pass(")
    code, text = run(sqlite_project, verb)
    assert code == BROKEN_HISTORY.get(verb, 2), text
