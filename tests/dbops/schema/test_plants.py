"""Every planted difference is found by name, and alone; a change that changes nothing is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.reading import read_schema
from tests.dbops.schema import postgres_plants, sqlite_plants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet

    from bacowr.dbops.schema.model import Schema
    from tests.dbops.schema.plants import Plant
    from tests.plugins.postgres import Postgres

POSTGRES, SQLITE = postgres_plants.POSTGRES, sqlite_plants.SQLITE_PLANTS
TWINS = (*postgres_plants.POSTGRES_TWINS, *sqlite_plants.SQLITE_TWINS)


def named(planted: tuple[Plant, ...], *, each: int = 1) -> list[ParameterSet]:
    """Return the plants as parameters; only one in `each` belongs to the short form."""
    marks = [() if number % each == 0 else (pytest.mark.long,) for number in range(len(planted))]
    pairs = zip(planted, marks, strict=True)
    return [pytest.param(one, id=one.name, marks=mark) for one, mark in pairs]


def judge(plant: Plant, expected: Schema, found: Schema) -> None:
    lines = [one.to_text() for one in compare(expected, found)]
    assert len(lines) == len(plant.says), lines
    for words in plant.says:
        assert any(words in line for line in lines), (words, lines)


@pytest.fixture(scope="module")
def garden(postgres: Postgres) -> Iterator[sa.Connection]:
    """A PostgreSQL database with the clean schema, in a transaction that is never committed."""
    url = postgres.create_database()
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection, connection.begin() as transaction:
        postgres_plants.postgres_models().create_all(connection)
        for statement in postgres_plants.POSTGRES_REST.split(";\n"):
            connection.exec_driver_sql(statement)
        yield connection
        transaction.rollback()
    postgres.drop_database(url)


@pytest.fixture(scope="module")
def clean(garden: sa.Connection) -> Schema:
    return read_schema(garden)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "plant", named(postgres_plants.POSTGRES + postgres_plants.POSTGRES_TWINS, each=8)
)
def test_postgres(plant: Plant, garden: sa.Connection, clean: Schema) -> None:
    with garden.begin_nested() as planted:
        for statement in plant.do.split("; "):
            garden.exec_driver_sql(statement)
        found = read_schema(garden)
        planted.rollback()
    judge(plant, clean, found)


def sow(plant: Plant | None = None) -> sa.Connection:
    """Return a SQLite database in memory with the clean schema, or one with a difference."""
    text = sqlite_plants.SQLITE + sqlite_plants.SQLITE_REST
    if plant is not None:
        assert plant.instead_of in text, plant.name
        text = text.replace(plant.instead_of, plant.do, 1)
    connection = sa.create_engine("sqlite://", poolclass=sa.StaticPool).connect()
    connection.connection.dbapi_connection.executescript(text)  # type: ignore[union-attr] # Open.
    return connection


@pytest.mark.parametrize("plant", named(sqlite_plants.SQLITE_PLANTS + sqlite_plants.SQLITE_TWINS))
def test_sqlite(plant: Plant) -> None:
    with sow() as clean, sow(plant) as planted:
        judge(plant, read_schema(clean), read_schema(planted))


def test_sqlite_tables_are_alike_in_the_models_hand_and_in_another() -> None:
    with sow() as connection, sa.create_engine("sqlite://").connect() as models:
        sqlite_plants.sqlite_models().create_all(models)
        found = compare(read_schema(models), read_schema(connection))
    rest = {"table rows", "table words", "view cheap", "trigger touched on items"}
    assert {one.subject for one in found} == rest


def alembic_finds(connection: sa.Connection, metadata: sa.MetaData) -> str:
    """Return what Alembic's comparison says, with all that it can be asked to look at."""
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    try:
        return re.sub("0x[0-9a-f]+", "", repr(compare_metadata(context, metadata)))
    except sa.exc.DataError as error:
        return str(error)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore")
def test_alembic_finds_a_part_of_them(
    garden: sa.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = postgres_plants.postgres_models()
    usual = alembic_finds(garden, metadata)
    found = 0
    for plant in POSTGRES:
        with garden.begin_nested() as planted:
            for statement in plant.do.split("; "):
                garden.exec_driver_sql(statement)
            found += alembic_finds(garden, metadata) != usual
            planted.rollback()
    metadata = sqlite_plants.sqlite_models()
    with sow() as clean:
        usual = alembic_finds(clean, metadata)
    small = 0
    for plant in SQLITE:
        with sow(plant) as connection:
            small += alembic_finds(connection, metadata) != usual
    with capsys.disabled():
        print(  # noqa: T201 - The long run prints its counts.
            f"\ndrift: {len(POSTGRES)} differences on PostgreSQL and {len(SQLITE)} on SQLite are "
            f"found, and nothing in {len(TWINS)} twins; Alembic finds {found} and {small}."
        )
    assert found < len(POSTGRES)
    assert small < len(SQLITE)
