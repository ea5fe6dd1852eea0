"""A project whose second revision declares a backfill of the first one's table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bacowr.dbops.backfill import driving, pace

if TYPE_CHECKING:
    from tests.plugins.project import Outside, Project

SQL = "UPDATE users SET hits = hits + 1, locale = lower(country) WHERE {these}"
FUNCTION = """
users = sa.table("users", sa.column("id"), sa.column("country"), sa.column("locale"))

@backfill.batch
def fill(connection, these):
    for one in connection.execute(sa.select(users.c.id, users.c.country).where(these)).all():
        connection.execute(users.update().where(users.c.id == one.id)
                           .values(locale=one.country.lower()))
"""
Declare = Callable[..., None]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with batches of seven rows, so that few rows are many batches.

    No machine is so slow that a batch would miss its duration, so that each is twice the last.
    """
    monkeypatch.setattr(driving, "FIRST_SIZE", 7)
    monkeypatch.setattr(pace, "TARGET_SECONDS", 3_600.0)
    monkeypatch.setattr(pace, "SQLITE_TARGET_SECONDS", 3_600.0)


def users(project: Project, rows: int) -> None:
    """Give a project a table of so many rows."""
    project.config["DBOPS_BACKUP"] = False
    project.add(
        "a1",
        f"""
        op.create_table("users", sa.Column("id", sa.Integer, primary_key=True),
                        sa.Column("country", sa.Text), sa.Column("locale", sa.Text),
                        sa.Column("hits", sa.Integer, server_default="0", nullable=False))
        op.bulk_insert(sa.table("users", sa.column("id"), sa.column("country")),
                       [{{"id": 3 * n, "country": f"C{{n}}"}} for n in range(1, {rows} + 1)])
        """,
        'op.drop_table("users")',
    )


def declare(project: Project, revision: str = "a2", more: str = "", **words: str) -> None:
    """Add a data revision; `words` are the backfill's."""
    words = {"table": "users", "where": "locale IS NULL", "sql": SQL, **words}
    told = ", ".join(f"{name}={value!r}" for name, value in words.items())
    head = (
        "from bacowr.dbops.backfill import Backfill\n"
        f'dbops_class = "data"\ndbops_compatible = True\nbackfill = Backfill({told})\n{more}'
    )
    project.add(revision, "backfill.start()", head=head)


@pytest.fixture
def declared(project: Project) -> Project:
    """A project with forty rows and a backfill of them, not upgraded yet."""
    users(project, 40)
    declare(project)
    return project


def stand(project: Project, revision: str = "a2") -> dict[str, Any]:
    """Return how a backfill stands, as a machine is told."""
    outside: Outside = project.db("backfill", "status", revision, "--json")
    facts: dict[str, Any] = outside.facts["backfills"][0]
    return facts


@pytest.fixture(name="users")
def give_users() -> Callable[[Project, int], None]:
    return users


@pytest.fixture(name="declare")
def give_declare() -> Declare:
    return declare


@pytest.fixture(name="stand")
def give_stand() -> Callable[..., dict[str, Any]]:
    return stand


@pytest.fixture
def function() -> str:
    return FUNCTION
