"""The SQLite schema as a text, and what is planted in it."""

from __future__ import annotations

import sqlalchemy as sa

from tests.dbops.schema.plants import Plant, plant


def sqlite_models() -> sa.MetaData:
    """Return what the models describe of the SQLite schema."""
    metadata = sa.MetaData()
    sa.Table(
        "parents",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(20), unique=True),
        sqlite_autoincrement=True,
    )
    items = sa.Table(
        "items",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "parent_id",
            sa.ForeignKey("parents.id", name="of", ondelete="CASCADE", onupdate="CASCADE"),
        ),
        sa.Column("name", sa.String(40, collation="NOCASE"), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("cents", sa.Integer, server_default="0", nullable=False),
        sa.Column("doubled", sa.Integer, sa.Computed("cents * 2", persisted=True)),
        sa.Column("at", sa.DateTime, server_default=sa.func.now()),
        sa.CheckConstraint("cents >= 0", name="not_negative"),
        sa.CheckConstraint("length(note) < 100"),
        sa.UniqueConstraint("name", "parent_id", name="one_name", sqlite_on_conflict="IGNORE"),
    )
    sa.Table(
        "pairs",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.Text, primary_key=True),
        sa.Column("c", sa.Text),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    sa.Index("by_name", items.c.name)
    sa.Index("by_lower", sa.func.lower(items.c.name))
    sa.Index("by_cheap", items.c.cents, sqlite_where=items.c.cents > 10)
    sa.Index("by_both", items.c.parent_id, items.c.cents.desc())
    return metadata


# The models' tables in another hand, with what models don't describe.
SQLITE = """
CREATE TABLE "parents" (id INTEGER PRIMARY KEY AUTOINCREMENT, code VARCHAR (20) unique);
CREATE TABLE items (
    id INTEGER,
    parent_id int_type CONSTRAINT of REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE,
    name VARCHAR(40) COLLATE NOCASE NOT NULL,
    [note] TEXT CHECK (length(note) < 100),
    cents INTEGER DEFAULT 0 NOT NULL, -- In euros.
    doubled INTEGER AS (cents * 2) STORED,
    at DATETIME DEFAULT (CURRENT_TIMESTAMP),
    PRIMARY KEY (id),
    CONSTRAINT one_name UNIQUE (name, parent_id) ON CONFLICT IGNORE,
    CONSTRAINT not_negative CHECK ("cents" >= 0)
);
CREATE TABLE pairs (
    a INTEGER NOT NULL, b TEXT NOT NULL, c TEXT, PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX by_name ON items (name);
CREATE INDEX by_lower ON items (lower(name));
CREATE INDEX by_cheap ON items (cents) WHERE cents > 10;
CREATE INDEX by_both ON items (parent_id ASC, cents DESC);
""".replace("int_type", "INTEGER")
SQLITE_REST = """
CREATE TABLE rows (id INTEGER PRIMARY KEY DESC, v TEXT NOT NULL ON CONFLICT REPLACE);
CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 100;
CREATE VIRTUAL TABLE words USING fts5(name, tokenize = 'porter');
CREATE TRIGGER touched AFTER UPDATE OF name ON items BEGIN
    INSERT INTO words (name) VALUES (new.name);
END;
"""
LINES = {
    "doubled": "doubled INTEGER AS (cents * 2) STORED",
    "of": "CONSTRAINT of REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE",
    "one_name": "CONSTRAINT one_name UNIQUE (name, parent_id) ON CONFLICT IGNORE",
    "by_name": "CREATE INDEX by_name ON items (name);",
    "view": "CREATE VIEW cheap AS SELECT id, name FROM items WHERE cents < 100;",
}


def edit(name: str, old: str, new: str, *says: str) -> Plant:
    return plant(name, new, *says, instead_of=old)


SQLITE_PLANTS = (
    edit("column type", "[note] TEXT", "[note] BLOB", "items.note differs: type is BLOB"),
    edit("column length", "VARCHAR(40)", "VARCHAR(50)", "items.name differs: type is VARCHAR(50)"),
    edit("not null added", "[note] TEXT", "note TEXT NOT NULL", "note differs: not null is yes"),
    edit("not null dropped", "NOCASE NOT NULL", "NOCASE", "name differs: not null is none"),
    edit("default changed", "DEFAULT 0", "DEFAULT 1", "default is 1 instead of 0"),
    edit("default dropped", "DEFAULT 0", "", "cents differs: default is none"),
    edit("default added", "[note] TEXT", "note TEXT DEFAULT 'x'", "note differs: default is 'x'"),
    edit("default's text", "(CURRENT_TIMESTAMP)", "(datetime('now'))", "items.at differs: default"),
    edit("column added", "id INTEGER,", "id INTEGER, more TEXT,", "items.more is unexpected"),
    edit("column dropped", f"{LINES['doubled']},", "", "column items.doubled is missing"),
    edit("table added", LINES["view"], f"{LINES['view']} CREATE TABLE m (x);", "table m is unexp"),
    edit(
        "table dropped",
        "CREATE TABLE rows (id INTEGER PRIMARY KEY DESC, v TEXT NOT NULL ON CONFLICT REPLACE);",
        "",
        "table rows is missing",
    ),
    edit("collation", "COLLATE NOCASE", "COLLATE RTRIM", "name differs: collation is RTRIM"),
    edit("collation dropped", "COLLATE NOCASE", "", "name differs: collation is none"),
    edit(
        "generated expression", "cents * 2", "cents * 3", "doubled differs: generated is cents * 3"
    ),
    edit("generated, not stored", ") STORED", ") VIRTUAL", "doubled differs: generated"),
    edit("generated no more", " AS (cents * 2) STORED", "", "doubled differs: generated is none"),
    edit("key dropped", "PRIMARY KEY (id),", "", "primary key on items is missing"),
    edit(
        "key of other columns", "PRIMARY KEY (id),", "PRIMARY KEY (id, name),", "primary key on it"
    ),
    edit("key's order", "PRIMARY KEY (a, b)", "PRIMARY KEY (b, a)", "primary key on pairs differs"),
    edit("a rowid again", "PRIMARY KEY DESC", "PRIMARY KEY", "primary key on rows differs"),
    edit("autoincrement", " AUTOINCREMENT", "", "primary key on parents differs: autoincrement"),
    edit("unique dropped", " unique)", ")", "unique on parents is missing: columns code"),
    edit("unique added", "[note] TEXT", "note TEXT UNIQUE", "unique on items is unexpected"),
    edit("unique of others", "UNIQUE (name, parent_id)", "UNIQUE (name)", "one_name on items diff"),
    edit("conflict clause", " ON CONFLICT IGNORE", "", "one_name on items differs: on conflict"),
    edit(
        "conflict clause of not null",
        "NOT NULL ON CONFLICT REPLACE",
        "NOT NULL",
        "rows.v differs: not null is yes instead of on conflict replace",
    ),
    edit("foreign key dropped", LINES["of"], "", "foreign key of on items is missing"),
    edit("on delete", "ON DELETE CASCADE", "ON DELETE SET NULL", "on delete is SET NULL instead"),
    edit("on update", " ON UPDATE CASCADE", "", "of on items differs: on update is none"),
    edit(
        "deferrable",
        "ON UPDATE CASCADE",
        "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "of on items differs: deferrable is initially deferred",
    ),
    edit("foreign key's name", "CONSTRAINT of ", "CONSTRAINT whose ", "differs: name is whose"),
    edit("foreign key's name dropped", "CONSTRAINT of ", "", "differs: name is none instead of of"),
    edit(
        "other parent", "REFERENCES parents", "REFERENCES rows", "differs: references is rows (id)"
    ),
    edit(
        "check dropped",
        ',\n    CONSTRAINT not_negative CHECK ("cents" >= 0)',
        "",
        "check not_negative on items is missing",
    ),
    edit("unnamed check dropped", "CHECK (length(note) < 100)", "", "check on items is missing"),
    edit("check's text", '"cents" >= 0', "cents > 0", "not_negative on items differs: expression"),
    edit(
        "unnamed check's text",
        "< 100)",
        "< 99)",
        "check on items is missing: expression length",
        "check on items is unexpected: expression length(note) < 99",
    ),
    edit("strict", "STRICT, WITHOUT ROWID", "WITHOUT ROWID", "table pairs differs: options"),
    edit(
        "without rowid",
        "STRICT, WITHOUT ROWID",
        "STRICT",
        "table pairs differs: options",
        "pairs.a differs: not null",
        "pairs.b differs: not null",
    ),
    edit("index dropped", LINES["by_name"], "", "index by_name on items is missing"),
    edit(
        "index added",
        LINES["by_name"],
        f"{LINES['by_name']} CREATE INDEX more ON items (at);",
        "index more on items is unexpected",
    ),
    edit("index unique", "INDEX by_name", "UNIQUE INDEX by_name", "by_name on items differs: uniq"),
    edit("index descending", "ON items (name);", "ON items (name DESC);", "keys is name DESC"),
    edit("index no longer so", "cents DESC", "cents", "keys is parent_id, cents instead of"),
    edit(
        "index collation",
        "ON items (name);",
        "ON items (name COLLATE BINARY);",
        "keys is name COLLATE BINARY",
    ),
    edit("index predicate", "cents > 10", "cents > 11", "by_cheap on items differs: where"),
    edit("index predicate dropped", " WHERE cents > 10", "", "differs: where is none"),
    edit("index expression", "lower(name)", "upper(name)", "keys is upper(name) instead of lower"),
    edit("trigger", "UPDATE OF name", "UPDATE", "trigger touched on items differs: definition"),
    edit("trigger's body", "VALUES (new.name)", "VALUES (old.name)", "touched on items differs"),
    edit("view", "cents < 100", "cents < 99", "view cheap differs: definition"),
    edit("view dropped", LINES["view"], "", "view cheap is missing"),
    edit("full-text options", "'porter'", "'unicode61'", "table words differs: virtual"),
)
SQLITE_TWINS = (
    edit("nothing", "id INTEGER,", "id INTEGER,"),
    edit("a comment", "-- In euros.", "/* In dollars. */"),
    edit("quotes", "[note]", '"note"'),
    edit("case of a name", "lower(name)", "LOWER(Name)"),
    edit("case of a type", "VARCHAR(40)", "varchar ( 40 )"),
    edit("spaces", "CHECK (length(note) < 100)", "CHECK(length( note )<100)"),
    edit("a default as a text", "DEFAULT 0", "DEFAULT '0'"),
    edit("a default of nothing", "[note] TEXT", "note TEXT DEFAULT NULL"),
    edit("a default in parentheses", "DEFAULT 0", "DEFAULT (0)"),
    edit("a key not null", "id INTEGER,", "id INTEGER NOT NULL,"),
    edit("the usual collation", "[note] TEXT", "note TEXT COLLATE BINARY"),
    edit("the usual conflict clause", "NOCASE NOT NULL", "NOCASE NOT NULL ON CONFLICT ABORT"),
    edit("the usual action", "ON UPDATE CASCADE", "ON UPDATE CASCADE NOT DEFERRABLE"),
    edit("the parent's key by name", "REFERENCES parents", "REFERENCES parents (id)"),
    edit("the usual order", "ON items (name);", "ON items (name ASC);"),
    edit("the column's collation", "ON items (name);", "ON items (name COLLATE NOCASE);"),
    edit("generated in full", "AS (cents * 2)", "GENERATED ALWAYS AS ((cents * 2))"),
    edit("a view in capitals", LINES["view"], LINES["view"].upper().replace("CHEAP", "cheap")),
    edit(
        "the record",
        LINES["view"],
        LINES["view"] + "CREATE TABLE dbops_log (id); CREATE TABLE alembic_version (version_num);",
    ),
)
