"""The PostgreSQL schema, and what is planted in it.

The models stand for the greater part of it, so that Alembic's own comparison can be asked, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tests.dbops.schema.plants import plant


def postgres_models() -> sa.MetaData:
    """Return what the models describe of the PostgreSQL schema."""
    metadata = sa.MetaData()
    sa.Table(
        "parents",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("code", sa.String(20), unique=True),
        comment="Those above.",
    )
    items = sa.Table(
        "items",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("parent_id", sa.ForeignKey("parents.id", ondelete="CASCADE", name="of")),
        sa.Column("name", sa.String(40), nullable=False, comment="How it is called."),
        sa.Column("note", sa.Text),
        sa.Column("label", sa.String(10)),
        sa.Column("cents", sa.Integer, server_default="0", nullable=False),
        sa.Column("mood", sa.Enum("low", "high", name="mood"), server_default="low"),
        sa.Column("doubled", sa.Integer, sa.Computed("cents * 2", persisted=True)),
        sa.Column("sorted", sa.Text(collation="C")),
        sa.Column("during", postgresql.INT4RANGE),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.CheckConstraint("cents >= 0", name="not_negative"),
        sa.CheckConstraint("name IN ('a', 'b')", name="known"),
        sa.CheckConstraint("length(note) < 100"),
        sa.UniqueConstraint("name", "parent_id", name="one_name"),
        postgresql.ExcludeConstraint(("during", "&&"), name="no_overlap", using="gist"),
    )
    sa.Index("by_name", items.c.name)
    sa.Index("by_lower", sa.func.lower(items.c.name))
    sa.Index("by_cheap", items.c.cents, postgresql_where=items.c.cents > 10)
    sa.Index("by_both", items.c.parent_id, items.c.cents.desc())
    sa.Sequence("numbers", metadata=metadata)
    return metadata


POSTGRES_REST = r"""
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
CREATE TRIGGER touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 100;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM items;
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE pair AS (left_ integer, right_ text);
CREATE POLICY own ON parents FOR SELECT USING (code = 'x');
CREATE RULE keep AS ON DELETE TO parents DO INSTEAD NOTHING
"""

IT = "ALTER TABLE items "
COLUMN = f"{IT}ALTER COLUMN "
POSTGRES = (
    plant("column type", f"{COLUMN}note TYPE varchar", "note differs: type", "note_check"),
    plant("column length", f"{COLUMN}label TYPE varchar(9)", "items.label differs: type is char"),
    plant("time zone", f"{COLUMN}at TYPE timestamp", "items.at differs: type"),
    plant("not null added", f"{COLUMN}note SET NOT NULL", "items.note differs: not null is yes"),
    plant("not null dropped", f"{COLUMN}name DROP NOT NULL", "items.name differs: not null"),
    plant("default changed", f"{COLUMN}cents SET DEFAULT 1", "default is 1 instead of 0"),
    plant("default dropped", f"{COLUMN}cents DROP DEFAULT", "default is none instead of 0"),
    plant("default added", f"{COLUMN}note SET DEFAULT 'x'", "items.note differs: default is 'x'"),
    plant("default's function", f"{COLUMN}at SET DEFAULT clock_timestamp()", "items.at differs"),
    plant("column added", f"{IT}ADD COLUMN more text", "column items.more is unexpected"),
    plant("column dropped", f"{IT}DROP COLUMN sorted", "column items.sorted is missing"),
    plant("table added", "CREATE TABLE more (id integer)", "table more is unexpected"),
    plant("table dropped", "DROP TABLE parents CASCADE", "table parents is missing", "of on items"),
    plant(
        "column comment", "COMMENT ON COLUMN items.name IS 'No.'", "name differs: comment is No."
    ),
    plant("table comment", "COMMENT ON TABLE parents IS NULL", "table parents differs: comment"),
    plant("collation", f'{COLUMN}sorted TYPE text COLLATE "POSIX"', "sorted differs: collation"),
    plant(
        "generated expression",
        f"{IT}DROP COLUMN doubled, ADD COLUMN doubled integer GENERATED ALWAYS AS (cents*3) STORED",
        "items.doubled differs: generated",
    ),
    plant("generated no more", f"{COLUMN}doubled DROP EXPRESSION", "doubled differs: generated"),
    plant("identity's kind", f"{COLUMN}id SET GENERATED ALWAYS", "items.id differs: identity"),
    plant(
        "identity's steps", f"{COLUMN}id SET INCREMENT 5", "identity is BY DEFAULT (INCREMENT 5)"
    ),
    plant("identity dropped", f"{COLUMN}id DROP IDENTITY", "items.id differs: identity is none"),
    plant(
        "serial dropped",
        "ALTER TABLE parents ALTER id DROP DEFAULT",
        "parents.id differs: ser",
        "sequence parents_id_seq is unexp",
    ),
    plant("serial's bounds", "ALTER SEQUENCE parents_id_seq MAXVALUE 99", "serial is MAXVALUE 99"),
    plant("storage", f"{COLUMN}note SET STORAGE EXTERNAL", "note differs: storage is external"),
    plant("statistics", f"{COLUMN}note SET STATISTICS 500", "note differs: statistics is 500"),
    plant("distinct values", f"{COLUMN}note SET (n_distinct = 5)", "options is n_distinct=5"),
    plant("compression", f"{COLUMN}note SET COMPRESSION pglz", "note differs: compression is pglz"),
    plant(
        "key dropped", f"{IT}DROP CONSTRAINT items_pkey", "primary key items_pkey on items is mis"
    ),
    plant(
        "key of other columns",
        f"{IT}DROP CONSTRAINT items_pkey, ADD PRIMARY KEY (id, name)",
        "items_pkey on items differs: columns is id, name",
    ),
    plant("unique dropped", f"{IT}DROP CONSTRAINT one_name", "unique one_name on items is missing"),
    plant("unique added", f"{IT}ADD UNIQUE (note)", "unique items_note_key on items is unexpected"),
    plant(
        "unique deferrable",
        f"{IT}DROP CONSTRAINT one_name, ADD CONSTRAINT one_name UNIQUE (name, parent_id) "
        "DEFERRABLE INITIALLY DEFERRED",
        "one_name on items differs: deferrable is initially deferred",
    ),
    plant(
        "unique of other columns",
        f"{IT}DROP CONSTRAINT one_name, ADD CONSTRAINT one_name UNIQUE (name, note)",
        "one_name on items differs: columns",
    ),
    plant(
        "unique, nulls alike",
        f"{IT}DROP CONSTRAINT one_name, "
        "ADD CONSTRAINT one_name UNIQUE NULLS NOT DISTINCT (name, parent_id)",
        "one_name on items differs: nulls is not distinct",
    ),
    plant(
        "unique that covers",
        f"{IT}DROP CONSTRAINT one_name, "
        "ADD CONSTRAINT one_name UNIQUE (name, parent_id) INCLUDE (note)",
        "one_name on items differs: include is note",
    ),
    plant(
        "unique as an index",
        f"{IT}DROP CONSTRAINT one_name; CREATE UNIQUE INDEX one_name ON items (name, parent_id)",
        "unique one_name on items is missing",
        "index one_name on items is unexpected",
    ),
    plant("foreign key dropped", f"{IT}DROP CONSTRAINT of", "foreign key of on items is missing"),
    plant(
        "foreign key added",
        f"{IT}ADD CONSTRAINT another FOREIGN KEY (cents) REFERENCES parents",
        "foreign key another on items is unexpected",
    ),
    plant(
        "on delete",
        f"{IT}DROP CONSTRAINT of, ADD CONSTRAINT of FOREIGN KEY (parent_id) "
        "REFERENCES parents ON DELETE SET NULL",
        "of on items differs: on delete is SET NULL instead of CASCADE",
    ),
    plant(
        "on update",
        f"{IT}DROP CONSTRAINT of, ADD CONSTRAINT of FOREIGN KEY (parent_id) "
        "REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE",
        "of on items differs: on update is CASCADE instead of none",
    ),
    plant("deferrable", f"{IT}ALTER CONSTRAINT of DEFERRABLE", "of on items differs: deferrable"),
    plant(
        "match",
        f"{IT}DROP CONSTRAINT of, ADD CONSTRAINT of FOREIGN KEY (parent_id) "
        "REFERENCES parents MATCH FULL ON DELETE CASCADE",
        "of on items differs: match is full",
    ),
    plant(
        "foreign key not valid",
        f"{IT}DROP CONSTRAINT of, ADD CONSTRAINT of FOREIGN KEY (parent_id) "
        "REFERENCES parents ON DELETE CASCADE NOT VALID",
        "of on items differs: valid is no",
    ),
    plant("foreign key's name", f"{IT}RENAME CONSTRAINT of TO whose", "differs: name is whose"),
    plant("check dropped", f"{IT}DROP CONSTRAINT known", "check known on items is missing"),
    plant("unnamed check dropped", f"{IT}DROP CONSTRAINT items_note_check", "is missing: expres"),
    plant("check added", f"{IT}ADD CHECK (cents < 9)", "check items_cents_check on items is unexp"),
    plant(
        "check's text",
        f"{IT}DROP CONSTRAINT known, ADD CONSTRAINT known CHECK (name IN ('a', 'b', 'c'))",
        "check known on items differs: expression",
    ),
    plant(
        "check not valid",
        f"{IT}DROP CONSTRAINT not_negative, "
        "ADD CONSTRAINT not_negative CHECK (cents >= 0) NOT VALID",
        "check not_negative on items differs: valid is no",
    ),
    plant(
        "check for this table alone",
        f"{IT}DROP CONSTRAINT not_negative, "
        "ADD CONSTRAINT not_negative CHECK (cents >= 0) NO INHERIT",
        "check not_negative on items differs: no inherit",
    ),
    plant(
        "exclusion",
        f"{IT}DROP CONSTRAINT no_overlap, "
        "ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH -|-)",
        "exclude no_overlap on items differs: definition",
    ),
    plant("index dropped", "DROP INDEX by_name", "index by_name on items is missing"),
    plant("index added", "CREATE INDEX more ON items (at)", "index more on items is unexpected"),
    plant(
        "index unique",
        "DROP INDEX by_name; CREATE UNIQUE INDEX by_name ON items (name)",
        "by_name on items differs: unique",
    ),
    plant(
        "index descending",
        "DROP INDEX by_name; CREATE INDEX by_name ON items (name DESC)",
        "by_name on items differs: keys is name DESC",
    ),
    plant(
        "index with nulls first",
        "DROP INDEX by_name; CREATE INDEX by_name ON items (name NULLS FIRST)",
        "keys is name NULLS FIRST",
    ),
    plant(
        "index method",
        "DROP INDEX by_name; CREATE INDEX by_name ON items USING hash (name)",
        "by_name on items differs: method is hash",
    ),
    plant(
        "index operators",
        "DROP INDEX by_name; CREATE INDEX by_name ON items (name text_pattern_ops)",
        "keys is name text_pattern_ops instead of name",
    ),
    plant(
        "index collation",
        'DROP INDEX by_name; CREATE INDEX by_name ON items (name COLLATE "C")',
        'keys is name COLLATE "C"',
    ),
    plant(
        "index that covers",
        "DROP INDEX by_name; CREATE INDEX by_name ON items (name) INCLUDE (note)",
        "by_name on items differs: include is note",
    ),
    plant(
        "index storage",
        "ALTER INDEX by_name SET (fillfactor = 50)",
        "by_name on items differs: options",
    ),
    plant(
        "index predicate",
        "DROP INDEX by_cheap; CREATE INDEX by_cheap ON items (cents) WHERE cents > 11",
        "by_cheap on items differs: where is cents > 11 instead of cents > 10",
    ),
    plant(
        "index expression",
        "DROP INDEX by_lower; CREATE INDEX by_lower ON items (upper(name))",
        "by_lower on items differs: keys is upper(",
    ),
    plant(
        "index unfinished",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass",
        "by_name on items differs: valid is no",
    ),
    plant("trigger dropped", "DROP TRIGGER touched ON items", "trigger touched on items is mis"),
    plant("trigger disabled", f"{IT}DISABLE TRIGGER touched", "touched on items differs: enabled"),
    plant(
        "trigger changed",
        "DROP TRIGGER touched ON items; CREATE TRIGGER touched AFTER UPDATE ON items "
        "FOR EACH ROW EXECUTE FUNCTION touch()",
        "touched on items differs: definition",
    ),
    plant("rule dropped", "DROP RULE keep ON parents", "trigger keep on parents is missing"),
    plant(
        "function body",
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql "
        "AS $$BEGIN RETURN old;END$$",
        "function touch() differs: definition",
    ),
    plant(
        "function added",
        "CREATE FUNCTION touch(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "function touch(a integer) is unexpected",
    ),
    plant(
        "view",
        "CREATE OR REPLACE VIEW cheap AS SELECT id, name FROM items WHERE cents < 99",
        "view cheap differs: definition",
    ),
    plant(
        "view's cast",
        "DROP VIEW cheap; CREATE VIEW cheap AS SELECT id, name::text FROM items WHERE cents < 100",
        "view cheap differs: definition",
    ),
    plant("default's cast", f"{COLUMN}at SET DEFAULT now()::date", "items.at differs: default"),
    plant(
        "check's cast",
        f"{IT}DROP CONSTRAINT not_negative, "
        "ADD CONSTRAINT not_negative CHECK (cents::numeric >= 0)",
        "check not_negative on items differs: expression",
    ),
    plant("view's option", "ALTER VIEW cheap SET (security_barrier)", "cheap differs: options"),
    plant(
        "materialized view",
        "DROP MATERIALIZED VIEW counted; CREATE MATERIALIZED VIEW counted AS SELECT 2 AS n",
        "view counted differs: definition",
    ),
    plant(
        "view no longer materialized",
        "DROP MATERIALIZED VIEW counted; CREATE VIEW counted AS SELECT count(*) AS n FROM items",
        "view counted differs: materialized",
    ),
    plant("enum value", "ALTER TYPE mood ADD VALUE 'more'", "enum mood differs: values is 'low',"),
    plant("enum order", "ALTER TYPE mood ADD VALUE 'no' BEFORE 'low'", "values is 'no', 'low'"),
    plant(
        "enum value renamed",
        "ALTER TYPE mood RENAME VALUE 'low' TO 'lo'",
        "values is 'lo'",
        "mood differs: default",
    ),
    plant("enum added", "CREATE TYPE colour AS ENUM ('red')", "enum colour is unexpected"),
    plant("domain not null", "ALTER DOMAIN percent SET NOT NULL", "domain percent differs: not n"),
    plant("domain default", "ALTER DOMAIN percent SET DEFAULT 5", "percent differs: default is 5"),
    plant("domain check", "ALTER DOMAIN percent ADD CHECK (VALUE <> 3)", "percent differs: checks"),
    plant("composite type", "ALTER TYPE pair ADD ATTRIBUTE third_ text", "domain pair differs"),
    plant(
        "sequence steps", "ALTER SEQUENCE numbers INCREMENT 2", "numbers differs: increment is 2"
    ),
    plant("sequence's bounds", "ALTER SEQUENCE numbers MAXVALUE 10", "numbers differs: max is 10"),
    plant("sequence cycles", "ALTER SEQUENCE numbers CYCLE", "sequence numbers differs: cycle"),
    plant(
        "sequence's type", "ALTER SEQUENCE numbers AS integer", "numbers differs: type is integer"
    ),
    plant("sequence owned", "ALTER SEQUENCE numbers OWNED BY items.cents", "differs: owned by is"),
    plant("sequence dropped", "DROP SEQUENCE numbers", "sequence numbers is missing"),
    plant("row security", f"{IT}ENABLE ROW LEVEL SECURITY", "items differs: row security is enab"),
    plant("row security forced", f"{IT}FORCE ROW LEVEL SECURITY", "row security is forced"),
    plant("policy dropped", "DROP POLICY own ON parents", "policy own on parents is missing"),
    plant(
        "policy", "ALTER POLICY own ON parents USING (code = 'y')", "own on parents differs: usi"
    ),
    plant(
        "policy restrictive",
        "DROP POLICY own ON parents; "
        "CREATE POLICY own ON parents AS RESTRICTIVE FOR SELECT USING (code = 'x')",
        "own on parents differs: restrictive",
    ),
    plant(
        "unlogged", "CREATE UNLOGGED TABLE fast (id integer)", "table fast is unexpected: unlogg"
    ),
    plant("table storage", f"{IT}SET (fillfactor = 50)", "table items differs: options"),
    plant(
        "replica identity", f"{IT}REPLICA IDENTITY FULL", "items differs: replica identity is fu"
    ),
    plant(
        "inheritance", "CREATE TABLE heir () INHERITS (parents)", "table heir is unexpected: inh"
    ),
    plant(
        "partitioned",
        "CREATE TABLE parts (id integer) PARTITION BY RANGE (id)",
        "table parts is unexpected: partitioned by RANGE (id)",
    ),
    plant(
        "schema", "CREATE SCHEMA app; CREATE TABLE app.far (id integer)", "table app.far is unex"
    ),
)

POSTGRES_TWINS = (
    plant(
        "a list whose column had another type",
        f"DROP VIEW cheap; {COLUMN}name TYPE text; {COLUMN}name TYPE varchar(40); "
        "CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 100",
    ),
    plant("nothing", "SELECT 1"),
    plant("a row, and its id", "INSERT INTO parents (code) VALUES ('a')"),
    plant("statistics gathered", "ANALYZE items"),
    plant("rights", "GRANT SELECT ON items TO public"),
    plant("another search path", "SET LOCAL search_path = pg_catalog, public"),
    plant(
        "parentheses",
        f"{IT}DROP CONSTRAINT not_negative, ADD CONSTRAINT not_negative CHECK (((cents)) >= (0))",
    ),
    plant(
        "a check as a restored dump has it",
        f"{IT}DROP CONSTRAINT known, ADD CONSTRAINT known CHECK (((name)::text = ANY "
        "((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
    ),
    plant(
        "a check validated later",
        f"{IT}DROP CONSTRAINT not_negative, ADD CONSTRAINT not_negative CHECK (cents >= 0) "
        "NOT VALID; ALTER TABLE items VALIDATE CONSTRAINT not_negative",
    ),
    plant(
        "the automatic name of a renamed table",
        f"{IT}RENAME CONSTRAINT items_note_check TO things_note_check",
    ),
    plant("the sequence of a renamed table", "ALTER SEQUENCE parents_id_seq RENAME TO old_id_seq"),
    plant(
        "what is so anyway",
        "DROP INDEX by_name; "
        "CREATE INDEX by_name ON public.items USING btree (name ASC NULLS LAST)",
    ),
    plant("a default with its type", f"{COLUMN}cents SET DEFAULT '0'::integer"),
    plant(
        "a type and back",
        "ALTER TABLE parents ALTER id TYPE integer; ALTER TABLE parents ALTER id TYPE bigint",
    ),
    plant("a longer way to a text", f"{COLUMN}note TYPE varchar(9); {COLUMN}note TYPE text"),
    plant(
        "a default that went through another type",
        f"DROP VIEW cheap; {IT}DROP COLUMN doubled; DROP MATERIALIZED VIEW counted; "
        f"{COLUMN}cents DROP DEFAULT, ALTER cents SET DEFAULT '0', ALTER cents TYPE bigint; "
        f"{IT}"
        "ALTER cents TYPE integer, ADD COLUMN doubled integer GENERATED ALWAYS AS (cents*2) "
        "STORED; CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 100; "
        "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM items",
    ),
    plant(
        "an old way to call a trigger's function",
        "DROP TRIGGER touched ON items; CREATE TRIGGER "
        "touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE PROCEDURE public.touch()",
    ),
    plant(
        "a view written otherwise",
        "CREATE OR REPLACE VIEW cheap AS "
        "select  i.id, i.name\nfrom items as i where (i.cents) < 100".replace(
            "items as i", "items"
        ).replace("i.", ""),
    ),
    plant("a column dropped that came later", f"{IT}ADD COLUMN x text; {IT}DROP COLUMN x"),
    plant("another session's table", "CREATE TEMPORARY TABLE passing (id integer)"),
    plant(
        "the record",
        "CREATE TABLE dbops_log (id bigserial PRIMARY KEY, x text); "
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    ),
)
