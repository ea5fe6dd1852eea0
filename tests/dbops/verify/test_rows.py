"""Rows are made that keep whatever rules a schema has, and a table that takes none is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.pool import NullPool, StaticPool

from bacowr.dbops.verify.rows.checks import AS_WRITTEN
from bacowr.dbops.verify.rows.filling import Filled, fill, spare_rows
from bacowr.dbops.verify.rows.tables import read_tables
from tests.plugins.postgres import Postgres

ROWS = 6
RULES = {
    "INTEGER": ("{c} > 10", "{c} BETWEEN 5 AND 7", "{c} <> 1", "{c} >= -5 AND {c} < 0"),
    "SMALLINT": ("{c} >= 30000", "{c} IN (3, 5)"),
    "BIGINT": ("{c} > 0",),
    "NUMERIC(6, 2)": ("{c} >= 0", "{c} < 100"),
    "NUMERIC(2)": ("{c} <> 0",),
    "VARCHAR(5)": ("length({c}) = 4", "{c} LIKE 'ab%'", "{c} IN ('red', 'green')", "{c} <> ''"),
    "TEXT": ("length({c}) <= 40", "{c} IN ('it''s', '100%')", "upper({c}) = {c}"),
    "BOOLEAN": ("{c} = TRUE",),
    "DATE": (),
    "TIMESTAMP": (),
    "REAL": ("{c} > 0.5",),
    "CHAR(3)": (),
}
UNIQUE = ("INTEGER", "BIGINT", "TEXT", "VARCHAR(5)")
PAIRS = (
    "({a} IS NULL) = ({b} IS NULL)",
    "({a} IS NULL) OR ({b} IS NOT NULL)",
    "({a} IS NULL) <> ({b} IS NULL)",
)


@dataclass(frozen=True)
class Schema:
    statements: tuple[str, ...]

    @property
    def tables(self) -> int:
        return len(self.statements)


@st.composite
def columns(draw: st.DrawFn, place: int) -> tuple[str, bool]:
    kind = draw(st.sampled_from(sorted(RULES)))
    words = [f'"c{place}"', kind]
    is_required = draw(st.booleans())
    words += ["NOT NULL"] if is_required else []
    rules = RULES[kind]
    has_rule = bool(rules) and draw(st.booleans())
    if has_rule:
        words.append(f"CHECK ({draw(st.sampled_from(rules)).format(c=f'c{place}')})")
    elif kind in UNIQUE and draw(st.booleans()):
        words.append("UNIQUE")
    return " ".join(words), is_required


@st.composite
def tables(draw: st.DrawFn, name: str, parents: list[str]) -> str:
    made = [draw(columns(n)) for n in range(draw(st.integers(1, 4)))]
    parts = ["id INTEGER PRIMARY KEY", *(text for text, _ in made)]
    for parent in draw(st.lists(st.sampled_from([*parents, name]), max_size=2, unique=True)):
        required = " NOT NULL" if parent != name and draw(st.booleans()) else ""
        parts.append(f"{parent}_id INTEGER{required} REFERENCES {parent} (id)")
    free = [n for n, (_, is_required) in enumerate(made) if not is_required]
    if len(free) > 1 and draw(st.booleans()):
        rule = draw(st.sampled_from(PAIRS)).format(a=f"c{free[0]}", b=f"c{free[1]}")
        parts.append(f"CONSTRAINT pair_{name} CHECK ({rule})")
    return f"CREATE TABLE {name} ({', '.join(parts)})"


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    names = [f"t{n}" for n in range(draw(st.integers(1, 4)))]
    return Schema(tuple(draw(tables(name, names[:n])) for n, name in enumerate(names)))


def filled_by(connection: sa.Connection, schema: Schema) -> Filled:
    for statement in schema.statements:
        connection.exec_driver_sql(statement, execution_options=AS_WRITTEN)
    shapes = read_tables(connection)
    filled = fill(connection, shapes, ROWS)
    assert filled.problems == {}, (schema.statements, filled.problems)
    counts = Counter(filled.rows)
    assert len(counts) == schema.tables
    assert min(counts.values()) > 0
    assert spare_rows(connection, shapes, ROWS).keys() <= counts.keys()
    return filled


def on_sqlite(schema: Schema) -> Filled:
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None}
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        filled = filled_by(connection, schema)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()
    return filled


@given(schemas())
@settings(max_examples=25)
def test_every_table_of_a_random_schema_is_filled(schema: Schema) -> None:
    on_sqlite(schema)


@pytest.mark.long
def test_many_random_schemas_are_filled() -> None:
    counts: Counter[str] = Counter()

    @given(schemas())
    @settings(max_examples=1000)
    def run(schema: Schema) -> None:
        filled = on_sqlite(schema)
        counts.update(schemas=1, tables=schema.tables, rows=sum(filled.rows.values()))

    run()
    print(f"sqlite: {dict(counts)}, every rule kept")  # noqa: T201 - Counts.


@pytest.mark.long
@pytest.mark.postgres
def test_many_random_schemas_are_filled_on_postgresql(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url, poolclass=NullPool)
    counts: Counter[str] = Counter()

    @given(schemas())
    @settings(max_examples=200)
    def run(schema: Schema) -> None:
        with engine.connect() as connection:
            filled = filled_by(connection, schema)
            connection.rollback()
        counts.update(schemas=1, tables=schema.tables, rows=sum(filled.rows.values()))

    run()
    print(f"postgresql: {dict(counts)}, every rule kept")  # noqa: T201 - Counts.


def test_a_table_that_takes_no_row_is_named_with_the_reason() -> None:
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None}
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for statement in (
            "CREATE TABLE never (id INTEGER PRIMARY KEY, n INT NOT NULL CHECK (n > 5 AND n < 3))",
            "CREATE TABLE child (never_id INTEGER NOT NULL REFERENCES never (id))",
            "CREATE TABLE odd (n INTEGER CHECK (no_such_function(n)))",
            "CREATE TABLE log (n INTEGER)",
            "CREATE TRIGGER closed BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'closed'); END",
            "CREATE VIRTUAL TABLE words USING fts5(word)",
        ):
            try:
                connection.exec_driver_sql(statement)
            except sa.exc.OperationalError:
                assert "no_such_function" in statement
        filled = fill(connection, read_tables(connection), ROWS)
        assert filled.problems == {
            "never": "no row that keeps its CHECKs was found",
            "child": "it needs rows of never, which has none",
            "log": "closed",
        }


def test_tables_that_refer_to_each_other_are_filled() -> None:
    on_sqlite(
        Schema(
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL REFERENCES b (id))",
                "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))",
                'CREATE TABLE "odd ""name" (x TEXT, y TEXT, PRIMARY KEY (x, y))',
                "CREATE TABLE c (x TEXT, y TEXT NOT NULL, "  # noqa: ISC004 - One statement.
                'FOREIGN KEY (x, y) REFERENCES "odd ""name" (x, y)) STRICT',
                "CREATE TABLE e (id TEXT PRIMARY KEY, g TEXT AS (id || 'x')) WITHOUT ROWID",
            )
        )
    )


TYPES = """
    smallint integer bigint numeric numeric(4,0) numeric(9,3) real double_precision money boolean
    text varchar varchar(3) char(2) bpchar name bytea uuid json jsonb xml date time timetz timestamp
    timestamptz timestamp(0) interval inet cidr macaddr bit(3) varbit(5) point int4range int8range
    numrange tsrange daterange int4multirange tsvector tsquery integer[] text[] oid mood code
"""


@pytest.mark.postgres
def test_every_type_of_postgresql_is_filled(postgres_url: str, postgres: Postgres) -> None:
    del postgres
    engine = sa.create_engine(postgres_url, poolclass=NullPool)
    parts = [f'"c{n}" {kind.replace("_", " ")} NOT NULL' for n, kind in enumerate(TYPES.split())]
    with engine.connect() as connection:
        for statement in (
            "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
            "CREATE DOMAIN code AS varchar(4) NOT NULL CHECK (VALUE ~ '^[a-z]+$')",
            f"CREATE TABLE every (id integer GENERATED ALWAYS AS IDENTITY, {', '.join(parts)})",
            "CREATE SCHEMA other",
            "CREATE TABLE other.part (id serial PRIMARY KEY, at date NOT NULL UNIQUE, "  # noqa: ISC004 - One statement.
            "EXCLUDE USING btree (at WITH =))",
            "CREATE UNIQUE INDEX ON other.part (date_part('year', at)) WHERE id < 0",
        ):
            connection.exec_driver_sql(statement)
        filled = fill(connection, read_tables(connection), ROWS)
        assert filled.problems == {}
        assert filled.rows == {"every": ROWS, "other.part": ROWS}
