"""Operations made of differences alone, without models: there and back, on both databases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from bacowr.dbops.project import read_project
from bacowr.dbops.proposing.trial import Trial
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.modelled import Models
from bacowr.dbops.schema.operations import to_operations
from bacowr.dbops.schema.statements import to_consider
from bacowr.dbops.schema.types import type_of
from bacowr.dbops.scratch import scratch_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.project import Project

# What is there, and what stands instead; {} is the number that keeps the plants apart.
BOTH = (
    ("CREATE TABLE a{} (x INTEGER)", "CREATE TABLE b{} (x INTEGER, y VARCHAR(20) DEFAULT 'q')"),
    ("CREATE TABLE t{} (x INTEGER)", "CREATE TABLE t{} (x INTEGER, y VARCHAR(9) NOT NULL)"),
    ("CREATE TABLE t{} (x INTEGER)", "CREATE TABLE t{} (x INTEGER DEFAULT 7 NOT NULL)"),
    ("CREATE TABLE t{} (x INTEGER DEFAULT 7)", "CREATE TABLE t{} (x INTEGER)"),
    ("CREATE TABLE t{} (x VARCHAR(3))", "CREATE TABLE t{} (x VARCHAR(30))"),
    (
        "CREATE TABLE t{} (x INTEGER, CONSTRAINT c{} CHECK (x > 0))",
        "CREATE TABLE t{} (x INTEGER, CONSTRAINT c{} CHECK (x > 1))",
    ),
    (
        "CREATE TABLE t{} (x INTEGER, y INTEGER, CONSTRAINT u{} UNIQUE (x))",
        "CREATE TABLE t{} (x INTEGER, y INTEGER, CONSTRAINT v{} UNIQUE (x, y))",
    ),
    (
        "CREATE TABLE t{} (x INTEGER NOT NULL, CONSTRAINT p{} PRIMARY KEY (x))",
        (
            "CREATE TABLE t{} (x INTEGER NOT NULL, y INTEGER NOT NULL, "
            "CONSTRAINT p{} PRIMARY KEY (x, y))"
        ),
    ),
    (
        "CREATE TABLE q{} (i INTEGER PRIMARY KEY); CREATE TABLE t{} (x INTEGER)",
        (
            "CREATE TABLE q{} (i INTEGER PRIMARY KEY); CREATE TABLE t{} (x INTEGER, CONSTRAINT f{} "
            "FOREIGN KEY (x) REFERENCES q{} (i) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)"
        ),
    ),
    (
        "CREATE TABLE t{} (x INTEGER); CREATE INDEX i{} ON t{} (x)",
        "CREATE TABLE t{} (x INTEGER); CREATE UNIQUE INDEX i{} ON t{} (x) WHERE x > 1",
    ),
    ("CREATE TABLE t{} (x INTEGER)", "CREATE TABLE t{} (x INTEGER); CREATE VIEW w{} AS SELECT 1"),
    (
        "CREATE TABLE t{} (x INTEGER, y INTEGER GENERATED ALWAYS AS (x * 2) STORED)",
        "CREATE TABLE t{} (x INTEGER, y INTEGER GENERATED ALWAYS AS (x * 3) STORED)",
    ),
)
SQLITE = (
    (
        "CREATE TABLE t{} (x INTEGER)",
        (
            "CREATE TABLE t{} (x INTEGER); CREATE TRIGGER g{} AFTER INSERT ON t{} "
            "BEGIN DELETE FROM t{}; END"
        ),
    ),
    ("CREATE TABLE o{} (x INTEGER)", "CREATE TABLE s{} (x INTEGER PRIMARY KEY) STRICT"),
)
POSTGRES = (
    ("CREATE TYPE m{} AS ENUM ('a')", "CREATE TYPE n{} AS ENUM ('b')"),
    ("CREATE SEQUENCE s{}", "CREATE SEQUENCE r{} AS smallint START WITH 5 MAXVALUE 9 CYCLE"),
    (
        "CREATE TABLE o{} (x integer)",
        (
            "CREATE TABLE k{} (i bigserial PRIMARY KEY, x integer GENERATED ALWAYS AS IDENTITY, "
            "z text COLLATE \"C\" NOT NULL DEFAULT 'q', w numeric(8,2), v varchar[]); "
            "CREATE INDEX l{} ON k{} USING hash (w); "
            "ALTER TABLE k{} ADD CONSTRAINT e{} EXCLUDE USING btree (w WITH =)"
        ),
    ),
    (
        "CREATE TABLE t{} (x integer)",
        "CREATE TABLE t{} (x integer); COMMENT ON TABLE t{} IS 'told'",
    ),
    (
        "CREATE TABLE t{} (x integer); COMMENT ON COLUMN t{}.x IS 'old'",
        "CREATE TABLE t{} (x integer); COMMENT ON COLUMN t{}.x IS 'new'",
    ),
    (
        "CREATE TABLE t{} (x integer)",
        (
            "CREATE TABLE t{} (x integer, y timestamptz, z varchar[], "
            "i integer GENERATED ALWAYS AS IDENTITY, CONSTRAINT n{} UNIQUE NULLS NOT DISTINCT (x))"
        ),
    ),
    (
        "CREATE FUNCTION f{}() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION f{}() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
    ),
    (
        "CREATE TABLE t{} (x integer)",
        "CREATE TABLE t{} (x integer); CREATE POLICY y{} ON t{} USING (true)",
    ),
)

RENDERED = {
    "render_as_batch": True,
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
}


@contextmanager
def trying(project: Project, script: str) -> Iterator[Trial]:
    """Give a trial of a scratch that holds what a script makes."""
    with project.load().app_context() as context:
        found = read_project(context.app)
        with scratch_engine(found) as engine:
            with engine.begin() as connection:
                for statement in split(script):
                    connection.exec_driver_sql(statement)
            migration = MigrationContext.configure(dialect_name=engine.dialect.name, opts=RENDERED)
            rendering = AutogenContext(migration, metadata=sa.MetaData(), autogenerate=False)
            yield Trial(found, engine, rendering, project.folder / "none.mako")


def split(script: str) -> list[str]:
    """Divide a script, but not within a trigger."""
    parts = script.replace("; END", "\0").split("; ")
    return [one.replace("\0", "; END") for one in parts]


def schema_of(project: Project, script: str) -> Schema:
    with trying(project, script) as trial:
        return trial.read()


def remade(project: Project, before: str, after: str) -> list[str]:
    """Make one schema of another by operations; return in what it isn't alike, either way."""
    goal = schema_of(project, after)
    with trying(project, before) as trial:
        start = trial.read()
        words = Models.of(None, trial.engine.dialect)
        there = to_operations(compare(goal, start), start, words)
        found = trial.apply(there.operations)
        wrong = [one.to_text() for one in compare(goal, found)]
        back = to_operations(compare(start, goal), goal, words)
        wrong += [one.to_text() for one in compare(start, trial.apply(back.operations))]
        return wrong + [f"left: {one.to_text()}" for one in [*there.left, *back.left]]


def plants(project: Project) -> list[tuple[str, str]]:
    special = SQLITE if project.url.startswith("sqlite") else POSTGRES
    return [
        (before.replace("{}", str(number)), after.replace("{}", str(number)))
        for number, (before, after) in enumerate([*BOTH, *special])
    ]


def test_a_schema_is_made_of_another_and_back(project: Project) -> None:
    found = plants(project)
    before, after = ("; ".join(pair[place] for pair in found) for place in (0, 1))
    assert remade(project, before, after) == []


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(BOTH) + len(POSTGRES)))
def test_each_schema_alone_is_made_of_another_and_back(project: Project, number: int) -> None:
    found = plants(project)
    if number < len(found):
        assert remade(project, *found[number]) == []


def test_what_no_operation_says_is_left() -> None:
    unnamed = Item(Kind.CHECK, "", "t", {"expression": "x > 0"})
    strict = Item(Kind.TABLE, "t", "", {"options": "STRICT"})
    plain = Item(Kind.TABLE, "t", "", {})
    gone = Difference(Change.UNEXPECTED, None, unnamed)
    changed = Difference(Change.CHANGED, strict, plain, ("options",))
    moved = Difference(Change.REORDERED, plain, plain)
    words = Models.of(None, sa.create_engine("sqlite://").dialect)
    remaining = to_operations([gone, changed, moved], schema_with(plain), words)
    assert remaining.left == [gone, changed]
    assert remaining.operations == []


def schema_with(*items: Item) -> Schema:
    return Schema("sqlite", items)


def test_sql_is_shown_for_what_is_left() -> None:
    check = Item(Kind.CHECK, "c", "t", {"expression": "x > 0"})
    assert to_consider(check, "postgresql") == "ALTER TABLE t ADD CONSTRAINT c CHECK (x > 0)"
    assert to_consider(check, "sqlite") == ""
    index = Item(Kind.INDEX, "i", "t", {"keys": "x", "where": "x > 0"})
    assert to_consider(index, "sqlite") == "CREATE INDEX i ON t (x) WHERE x > 0"


def test_types_are_known_by_the_servers_words() -> None:
    postgres = sa.create_engine("postgresql+psycopg://").dialect
    assert repr(type_of("numeric(8,2)", postgres)) == "NUMERIC(precision=8, scale=2)"
    assert repr(type_of("timestamp with time zone", postgres)) == "TIMESTAMP(timezone=True)"
    assert repr(type_of("timestamp without time zone", postgres)) == "TIMESTAMP()"
    assert [type_of(one, postgres) for one in ("tangle", "text[]", "")] == [None, None, None]
