"""An application behind a pooler: found out, explained, and migrated past it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.postgres import pooler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.project import Project

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
USAGE = "Set DBOPS_DATABASE_URL to the server's own URL"


@pytest.fixture
def pooled(postgres_project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Give a project all of whose connections are one session, as behind PgBouncer."""
    postgres_project.add("a1", USERS)
    shared: list[sa.Engine] = []

    def one_for_all(engine: sa.Engine) -> sa.Engine:
        if not shared:
            shared.append(sa.create_engine(engine.url, poolclass=sa.StaticPool))
        return shared[0]

    monkeypatch.setattr(pooler, "backend_told", lambda _: 1)
    monkeypatch.setattr(pooler, "sibling", one_for_all)
    yield postgres_project
    for one in shared:
        one.dispose()


def test_a_pooler_is_refused_before_anything_is_touched(pooled: Project) -> None:
    done = pooled.db("upgrade")
    assert done.code == 2
    assert "leads to a pooler that shares sessions" in done.err
    assert USAGE in done.err
    assert pooled.tables() == set()
    looked = pooled.db("doctor")
    assert looked.code == 1
    assert USAGE in looked.out


def test_a_pooler_that_keeps_sessions_apart_does_no_harm(
    postgres_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_project.add("a1", USERS)
    monkeypatch.setattr(pooler, "backend_told", lambda _: 1)
    assert postgres_project.db("upgrade").code == 0
    assert postgres_project.db("doctor").code == 0


@pytest.mark.parametrize("name", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_migrations_take_the_direct_url(postgres_project: Project, name: str) -> None:
    postgres_project.add("a1", USERS)
    own = postgres_project.url
    direct = own.replace("postgresql+psycopg://", name)
    postgres_project.config = {"DBOPS_DATABASE_URL": direct}
    postgres_project.url = "postgresql+psycopg://me@127.0.0.1:1/pooled"
    assert postgres_project.db("upgrade").code == 0
    status = postgres_project.db("status", "--json")
    assert status.facts["heads"] == ["a1"]
    postgres_project.url = own
    assert postgres_project.tables() == {"users"}


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite:///x.db"])
def test_another_kind_of_database_is_no_direct_url(postgres_project: Project, url: str) -> None:
    postgres_project.config = {"DBOPS_DATABASE_URL": url}
    done = postgres_project.db("status")
    assert done.code == 2
    assert "DBOPS_DATABASE_URL is not the URL of a postgresql database" in done.err
