from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.lint.sql.parser import parse
from bacowr.dbops.lint.sql.statements import Act, Verb
from bacowr.dbops.lint.sql.tokens import UnreadableSqlError, split, text_of, tokenize
from bacowr.dbops.lint.sql.types import change_of_type, type_of

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres

PIECES = st.sampled_from(
    [
        "SELECT", "users", '"odd; name"', "'it''s; so'", "$$a;b$$", "$x$;$x$", "-- c;\n", "E'\\';'",
        "/* a /* ; */ b */", "1.5e3", ":p", "%(p)s", "$1", "::", "(", ")", ",", "x'0f'", "`t`", "é",
    ]
)  # fmt: skip


@given(st.text(max_size=60))
def test_tokens_are_stretches_of_the_text_in_order(sql: str) -> None:
    try:
        tokens = tokenize(sql)
    except UnreadableSqlError:
        return
    place = 0
    for token in tokens:
        assert token.start >= place
        assert sql[token.start : token.end] == token.text
        place = token.end


@given(st.lists(PIECES, max_size=8))
def test_one_spelling_reads_the_same_again(pieces: list[str]) -> None:
    tokens = tokenize(" ".join(pieces))
    again = tokenize(text_of(tokens))
    assert [one.text.lower() for one in again] == [one.text.lower() for one in tokens]


@given(st.lists(st.lists(PIECES, min_size=1, max_size=5), max_size=4))
def test_only_real_semicolons_divide(statements: list[list[str]]) -> None:
    texts = [" ".join(pieces) for pieces in statements]
    wanted = [tokenize(text) for text in texts]
    found = split(";".join(texts))
    assert [[one.text for one in part] for part in found] == [
        [one.text for one in part] for part in wanted if part
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_or_called_opaque(sql: str) -> None:
    for statement in parse(sql):
        assert isinstance(statement.verb, Verb)
        if statement.verb is Verb.OPAQUE:
            assert statement.why_opaque


@pytest.mark.parametrize("sql", ["SELECT '", "/* open", "$a$ open", "\x00"])
def test_what_has_no_end_is_opaque(sql: str) -> None:
    (statement,) = parse(sql)
    assert statement.verb is Verb.OPAQUE


@pytest.mark.parametrize(
    ("sql", "verb", "table", "name"),
    [
        ("DELETE FROM ONLY users", Verb.DELETE, "users", ""),
        ("INSERT INTO public.users VALUES (1)", Verb.INSERT, "users", ""),
        ('INSERT INTO "s"."T" (a) SELECT 1', Verb.INSERT, "s.T", ""),
        ("REPLACE INTO users VALUES (1)", Verb.INSERT, "users", ""),
        ("UPDATE OR IGNORE users SET a = 1", Verb.UPDATE, "users", ""),
        ("WITH a AS (SELECT 1) DELETE FROM users", Verb.DELETE, "users", ""),
        ("WITH a AS (SELECT 1) INSERT INTO users SELECT 1", Verb.INSERT, "users", ""),
        ("WITH a AS (SELECT 1) SELECT 2", Verb.SELECT, "", ""),
        ("SELECT set_config('lock_timeout', '1s', false)", Verb.SET, "", "lock_timeout"),
        ("SET SESSION TIME ZONE 'UTC'", Verb.SET, "", "timezone"),
        ("VACUUM (FULL, ANALYZE) users", Verb.VACUUM, "users", "users"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", Verb.CREATE_VIEW, "", "v"),
        ("DROP MATERIALIZED VIEW IF EXISTS v", Verb.DROP_VIEW, "", "v"),
        ("CREATE UNIQUE INDEX ON users (a)", Verb.CREATE_INDEX, "users", ""),
        ("ALTER INDEX i RENAME TO j", Verb.ALTER_INDEX, "", "i"),
        ("CREATE TRIGGER t BEFORE INSERT ON users EXECUTE f()", Verb.CREATE_TRIGGER, "users", "t"),
        ("DROP TRIGGER t ON users", Verb.CREATE_TRIGGER, "users", "t"),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ ; $$", Verb.ROUTINE, "", "f"),
        ("CREATE PUBLICATION p", Verb.OPAQUE, "", ""),
        ("COPY users FROM STDIN", Verb.OPAQUE, "", ""),
        ("MERGE INTO users USING b ON true WHEN MATCHED THEN DELETE", Verb.UPDATE, "users", ""),
    ],
)
def test_a_statement_says_what_it_does_to_which_table(
    sql: str, verb: Verb, table: str, name: str
) -> None:
    (statement,) = parse(sql)
    assert (statement.verb, statement.table, statement.name) == (verb, table, name)


def test_a_trigger_keeps_its_body() -> None:
    body = "BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; SELECT 1; END"
    found = parse(f"CREATE TRIGGER t AFTER INSERT ON a {body}; DROP TABLE a")
    assert [one.verb for one in found] == [Verb.CREATE_TRIGGER, Verb.DROP_TABLE]


@pytest.mark.parametrize(
    ("action", "act"),
    [
        ("ADD COLUMN IF NOT EXISTS a int", Act.ADD_COLUMN),
        ("DROP a", Act.DROP_COLUMN),
        ("RENAME a TO b", Act.RENAME_COLUMN),
        ("RENAME CONSTRAINT a TO b", Act.RENAME_CONSTRAINT),
        ("ALTER a SET DATA TYPE text USING a::text", Act.SET_TYPE),
        ("ALTER a DROP IDENTITY", Act.IDENTITY),
        ("ALTER a FROBNICATE", Act.OTHER),
        ("ALTER CONSTRAINT a DEFERRABLE", Act.OTHER),
        ("SET SCHEMA s", Act.SET_SCHEMA),
        ("SET (fillfactor = 70)", Act.OPTIONS),
        ("RESET (fillfactor)", Act.OPTIONS),
        ("NO FORCE ROW LEVEL SECURITY", Act.ROW_SECURITY),
        ("DISABLE TRIGGER ALL", Act.TRIGGER),
        ("OWNER TO x", Act.OWNER),
        ("REPLICA IDENTITY FULL", Act.OWNER),
        ("CLUSTER ON i", Act.OPTIONS),
        ("FROBNICATE", Act.OTHER),
    ],
)
def test_the_parts_of_an_alter_table_are_told_apart(action: str, act: Act) -> None:
    (statement,) = parse(f"ALTER TABLE IF EXISTS ONLY users {action}")
    assert (statement.table, [one.act for one in statement.actions]) == ("users", [act])


def test_a_column_is_read_with_all_its_clauses() -> None:
    (statement,) = parse(
        "ALTER TABLE a ADD b double precision ARRAY COLLATE x CONSTRAINT c NOT NULL "
        "DEFAULT (1 + 2) CONSTRAINT d CHECK (b > 0) CONSTRAINT e REFERENCES f (g) ON DELETE SET "
        "NULL DEFERRABLE"
    )
    column = statement.actions[0].definition
    assert column is not None
    assert (str(column.type), column.collation) == ("double precision[]", "x")
    assert column.is_not_null
    assert text_of(column.default) == "( 1 + 2 )"
    assert [one.name for one in column.constraints] == ["d", "e"]
    assert column.constraints[1].parent == "f"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("interval day to second (3)", "interval(3)"),
        ("integer[3][]", "integer[]"),
        ("char", "char(1)"),
        ("numeric(7)", "numeric(7, 0)"),
        ("national character varying(3)", "varchar(3)"),
        ("bit varying(3)", "varbit(3)"),
    ],
)
def test_a_type_has_one_name(text: str, name: str) -> None:
    assert str(type_of(text)) == name


def test_constraints_say_what_they_are_and_whether_they_hold() -> None:
    (statement,) = parse(
        "ALTER TABLE a ADD CONSTRAINT b NOT NULL c NOT VALID, ADD CONSTRAINT d CHECK (e > 0) NOT "
        "ENFORCED, ADD CONSTRAINT f EXCLUDE USING gist (g WITH =), ADD h int GENERATED ALWAYS AS "
        "(i) VIRTUAL, ADD j int AS (k), ADD CONSTRAINT l UNIQUE NULLS NOT DISTINCT (m) DEFERRABLE"
    )
    found = [one.constraint for one in statement.actions if one.constraint]
    assert [one.kind for one in found] == ["not null", "check", "exclude", "unique"]
    assert [one.is_valid for one in found] == [False, True, True, True]
    assert [one.is_enforced for one in found] == [True, False, True, True]
    assert [d.generated for d in (one.definition for one in statement.actions) if d] == [
        "virtual",
        "virtual",
    ]


@pytest.mark.parametrize("sql", ["CREATE TABLE a (b int", "ALTER TABLE a ADD", "TRUNCATE a, b"])
def test_what_is_cut_short_is_read_as_far_as_it_goes(sql: str) -> None:
    (statement,) = parse(sql)
    assert statement.table == "a"


TYPES = (
    "integer", "bigint", "smallint", "numeric(8,2)", "numeric(10,2)", "numeric(8,3)", "numeric(7)",
    "numeric", "varchar(10)", "varchar(20)", "character varying", "text", "char(5)",
    "timestamp(3) without time zone", "timestamp", "timestamp with time zone", "timestamptz(3)",
    "date", "varbit(8)", "varbit(9)", "interval", "interval(2)", "boolean", "integer[]",
    "double precision", "cidr", "inet", "json", "jsonb", "uuid",
)  # fmt: skip
REWRITING = {"C-19", "C-21", "C-23", "C-24"}


@pytest.mark.postgres
def test_each_change_of_type_rewrites_as_it_is_said_to(postgres: Postgres) -> None:
    wrong = []
    with psycopg.connect(f"host={postgres.socket} user=postgres dbname=postgres") as connection:
        connection.execute("SET timezone = 'Europe/Stockholm'")
        for old in TYPES:
            connection.execute(f"CREATE TEMP TABLE t (c {old}) ON COMMIT DROP".encode())
            for new in TYPES:
                rewritten = try_change(connection, new)
                said = change_of_type(type_of(old), type_of(new)) in REWRITING
                if rewritten is not None and rewritten is not said:
                    wrong.append((old, new, rewritten))
            connection.execute("DROP TABLE t")
        connection.rollback()
    assert wrong == []


def try_change(connection: psycopg.Connection[tuple[object, ...]], new: str) -> bool | None:
    """Return whether the table is written anew; None if there is no cast."""
    connection.execute("SAVEPOINT s")
    file = "SELECT pg_relation_filenode('t')"
    before = connection.execute(file.encode()).fetchone()
    try:
        connection.execute(f"ALTER TABLE t ALTER c TYPE {new}".encode())
        rewritten = connection.execute(file.encode()).fetchone() != before
    except psycopg.errors.DatatypeMismatch:
        rewritten = None
    connection.execute("ROLLBACK TO s")
    return rewritten
