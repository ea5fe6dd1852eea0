"""A scratch database: empty at first, gone afterwards, and never anybody's data."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from bacowr.dbops import scratch
from bacowr.dbops.errors import Refused
from bacowr.dbops.project import Project
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.settings import DbOpsSettings
from tests.plugins.postgres import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.postgres import Postgres

DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'dbops_scratch%'"
TABLES = "SELECT count(*) FROM pg_class WHERE relname = 'kept'"


def project_at(url: str, scratch_url: str = "", **options: object) -> Project:
    engine = sa.create_engine(url, poolclass=sa.NullPool, **options)
    return Project(engine, sa.MetaData(), {}, DbOpsSettings(scratch_url=scratch_url))


def names(url: str, query: str) -> list[object]:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return list(connection.scalars(sa.text(query)))


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_sqlite_is_as_the_application_prepares_it(tmp_path: object) -> None:
    project = project_at(f"sqlite:///{tmp_path}/live.db", connect_args={"timeout": 7})

    @sa.event.listens_for(project.engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        connection.create_function("twice", 1, lambda n: n * 2)  # type: ignore[attr-defined] # As sqlite3 has it.

    with scratch.scratch_engine(project) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT twice(4)").scalar_one() == 8
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 7000
        connection.exec_driver_sql("CREATE TABLE kept (id)")
        connection.commit()
        with engine.connect() as other:
            assert [item.name for item in read_schema(other).items] == ["kept", "id"]
    with scratch.scratch_engine(project) as engine, engine.connect() as connection:
        assert read_schema(connection).items == ()


def test_sqlite_is_at_hand_for_a_project_of_another_database() -> None:
    project = project_at("postgresql+psycopg://nowhere/none")
    with scratch.scratch_engine(project, "sqlite") as engine:
        assert engine.dialect.name == "sqlite"


def test_no_postgresql_without_a_server() -> None:
    with (
        pytest.raises(Refused, match="DBOPS_SCRATCH_URL"),
        scratch.scratch_engine(project_at("sqlite://"), "postgresql"),
    ):
        pass


def test_a_scratch_that_is_no_postgresql_is_refused() -> None:
    project = project_at("sqlite://", "sqlite://")
    with (
        pytest.raises(Refused, match="must lead to a PostgreSQL database"),
        scratch.scratch_engine(project, "postgresql"),
    ):
        pass


@pytest.mark.postgres
def test_a_made_database_goes_whatever_happens_in_it(postgres_url: str) -> None:
    project = project_at(postgres_url, connect_args={"options": "-c application_name=mine"})

    made: list[str] = []

    def work() -> None:
        with scratch.scratch_engine(project) as engine, engine.connect() as connection:
            database = connection.exec_driver_sql("SELECT current_database()").scalar_one()
            made.append(database)
            assert database.startswith("dbops_scratch_")
            asked = connection.exec_driver_sql("SHOW application_name")
            assert asked.scalar_one() == "mine"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert made
    assert made[0] not in names(postgres_url, DATABASES)


@pytest.mark.postgres
def test_what_a_killed_run_left_goes_after_a_day(postgres_url: str) -> None:
    old = "dbops_scratch_20200101000000_aa"
    run(postgres_url, f"CREATE DATABASE {old} TEMPLATE template0")
    young = "dbops_scratch_29990101000000_bb"
    run(postgres_url, f"CREATE DATABASE {young} TEMPLATE template0")
    try:
        with scratch.scratch_engine(project_at(postgres_url)):
            pass
        assert {old, young} & set(names(postgres_url, DATABASES)) == {young}
    finally:
        run(postgres_url, f"DROP DATABASE {young}")


@contextmanager
def role(postgres: Postgres, url: str) -> Iterator[str]:
    """Give the URL under a role that may not make databases."""
    postgres.execute("CREATE ROLE humble LOGIN")
    postgres.execute(f'GRANT ALL ON DATABASE "{name_of(url)}" TO humble')
    try:
        yield url.replace("postgres@", "humble@")
    finally:
        run(url, "DROP OWNED BY humble CASCADE")
        postgres.execute("DROP OWNED BY humble; DROP ROLE humble")


@pytest.mark.postgres
def test_a_role_without_the_right_is_told_the_setting(
    postgres: Postgres, postgres_url: str
) -> None:
    with (
        role(postgres, postgres_url) as humble,
        pytest.raises(Refused, match="may not CREATE DATABASE") as refused,
        scratch.scratch_engine(project_at(humble)),
    ):
        pass
    assert "DBOPS_SCRATCH_URL" in refused.value.finding.remedy


@pytest.mark.postgres
def test_a_named_database_is_emptied_and_only_if_it_was_empty(postgres_url: str) -> None:
    project = project_at(postgres_url, postgres_url)
    for _ in range(2):
        with scratch.scratch_engine(project) as engine, engine.begin() as connection:
            assert read_schema(connection).items == ()
            connection.exec_driver_sql("CREATE SCHEMA app")
            connection.exec_driver_sql("CREATE TABLE app.kept (id integer)")
            connection.exec_driver_sql("CREATE TABLE kept (id integer)")
    assert names(postgres_url, TABLES) == [0]
    run(postgres_url, f"DROP TABLE {scratch.MARK}", "CREATE TABLE kept (id integer)")
    with pytest.raises(Refused, match="isn't empty"), scratch.scratch_engine(project):
        pass
    assert names(postgres_url, TABLES) == [1]


@pytest.mark.postgres
def test_another_error_of_the_server_stays_what_it_is(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "PREFIX", "no-name ")
    with pytest.raises(ProgrammingError), scratch.scratch_engine(project_at(postgres_url)):
        pass


def test_the_setting_is_read(tmp_path: object) -> None:
    read = DbOpsSettings.from_config({"DBOPS_SCRATCH_URL": f"postgresql:///{tmp_path}"})
    assert read.scratch_url.startswith("postgresql:///")
