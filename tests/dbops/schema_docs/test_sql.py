"""A schema written as SQL makes the same schema again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given, reject, settings
from sqlalchemy.pool import NullPool, StaticPool

from bacowr.dbops.errors import Refused
from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.schema.sql import sql
from tests.dbops.sqlite.random_schemas import schemas
from tests.dbops.sqlite.shapes import SHAPES

if TYPE_CHECKING:
    from tests.dbops.sqlite.random_schemas import Schema as Written
    from tests.plugins.postgres import Postgres


def made_by(script: str) -> Schema:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.executescript(script)
        return read_schema(connection)


@pytest.mark.parametrize("script", SHAPES.values(), ids=SHAPES.keys())
def test_a_sqlite_schema_is_made_again(script: str) -> None:
    schema = made_by(script)
    again = made_by(sql(schema))
    assert [one.to_text() for one in compare(schema, again, order=True)] == []
    assert again.fingerprint() == schema.fingerprint()
    assert sql(again) == sql(schema)


@settings(max_examples=40)
@given(schemas())
def test_any_sqlite_schema_is_made_again(written: Written) -> None:
    try:
        schema = made_by(";\n".join(written.script))
    except sqlite3.OperationalError:
        reject()
    again = made_by(sql(schema))
    assert [one.to_text() for one in compare(schema, again, order=True)] == []


RICH = """
CREATE SCHEMA shop;
CREATE TYPE mood AS ENUM ('it''s fine', 'a, b', 'sad');
COMMENT ON TYPE mood IS 'how one is';
CREATE TYPE point2 AS (x integer, y numeric(10,2));
CREATE DOMAIN plus AS integer DEFAULT 1 NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 100);
CREATE SEQUENCE tickets AS integer INCREMENT BY 5 START WITH 10 CYCLE;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TABLE people (
    id bigserial CONSTRAINT pk_people PRIMARY KEY,
    "Full, Name" varchar(40) COLLATE "C" NOT NULL DEFAULT 'it''s',
    mood mood DEFAULT 'sad',
    spot point2,
    amount plus,
    tags text[] DEFAULT '{}',
    born timestamptz DEFAULT now(),
    shouted text GENERATED ALWAYS AS (upper("Full, Name")) STORED,
    boss bigint,
    CONSTRAINT uq_name UNIQUE NULLS NOT DISTINCT ("Full, Name", mood) DEFERRABLE,
    CONSTRAINT ck_amount CHECK (amount > 0 OR mood IS NULL)
);
COMMENT ON TABLE people IS 'People; it''s them.';
COMMENT ON COLUMN people."Full, Name" IS 'With a "comma".';
COMMENT ON CONSTRAINT ck_amount ON people IS 'why';
ALTER TABLE people ADD CONSTRAINT fk_boss FOREIGN KEY (boss) REFERENCES people (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;
ALTER TABLE people ADD CONSTRAINT ck_late CHECK (boss <> id) NOT VALID;
CREATE TABLE shop.orders (
    id int GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2) PRIMARY KEY,
    owner bigint NOT NULL REFERENCES people ON UPDATE CASCADE,
    during int4range,
    EXCLUDE USING gist (during WITH &&)
) WITH (fillfactor=70);
CREATE UNIQUE INDEX ix_lower ON people (lower("Full, Name") DESC NULLS LAST) INCLUDE (born)
    WHERE amount > 5;
CREATE INDEX ix_tags ON people USING gin (tags);
COMMENT ON INDEX ix_tags IS 'for the search';
CREATE TABLE logs (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE a_log PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE UNLOGGED TABLE scratchpad ();
CREATE VIEW b_view AS SELECT id, "Full, Name" FROM people;
CREATE VIEW a_view AS SELECT id FROM b_view;
COMMENT ON VIEW a_view IS 'of a view';
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM people;
CREATE TRIGGER touched BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION stamp();
ALTER TABLE people DISABLE TRIGGER touched;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON people AS RESTRICTIVE FOR SELECT USING (amount > 3);
ALTER TABLE people ALTER COLUMN tags SET STORAGE external;
ALTER TABLE people ALTER COLUMN tags SET STATISTICS 200;
ALTER TABLE people REPLICA IDENTITY FULL;
CREATE RULE quiet AS ON DELETE TO scratchpad DO INSTEAD NOTHING;
COMMENT ON RULE quiet ON scratchpad IS 'a rule';
COMMENT ON FUNCTION stamp() IS 'a function';
COMMENT ON TYPE point2 IS 'a type';
COMMENT ON DOMAIN plus IS 'a domain';
COMMENT ON SEQUENCE tickets IS 'a sequence';
COMMENT ON MATERIALIZED VIEW counted IS 'a count';
COMMENT ON TRIGGER touched ON people IS 'a trigger';
CREATE DOMAIN word AS text COLLATE "C";
CREATE INDEX ix_owner ON shop.orders USING hash (owner);
COMMENT ON INDEX shop.ix_owner IS 'elsewhere';
CLUSTER people USING pk_people;
CREATE UNIQUE INDEX ix_born ON people (born) NULLS NOT DISTINCT WITH (fillfactor = 60);
ALTER TABLE people CLUSTER ON ix_born;
ALTER SEQUENCE people_id_seq INCREMENT BY 3;
ALTER TABLE people ALTER COLUMN born SET (n_distinct = 5);
CREATE TABLE heirs (more integer) INHERITS (scratchpad);
ALTER TABLE a_log ADD CONSTRAINT ck_part CHECK (what <> '');
CREATE SEQUENCE shop.far;
CREATE TABLE shop.counted (id smallserial, UNIQUE (id) INCLUDE (id));
CREATE UNLOGGED TABLE waiting (n integer);
ALTER TABLE waiting REPLICA IDENTITY NOTHING;
"""


def filled(url: str, script: str) -> Schema:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(script)
    with engine.connect() as connection:
        return read_schema(connection)


@pytest.mark.postgres
def test_a_postgres_schema_is_made_again(postgres: Postgres, postgres_url: str) -> None:
    schema = filled(postgres_url, RICH)
    script = sql(schema)
    other = postgres.create_database()
    try:
        again = filled(other, script)
    finally:
        postgres.drop_database(other)
    assert [one.to_text() for one in compare(schema, again, order=True)] == []
    assert sql(again) == script


def test_another_dialect_is_refused() -> None:
    with pytest.raises(Refused, match="not mysql"):
        sql(Schema("mysql", ()))
