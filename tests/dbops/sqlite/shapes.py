"""Forty-odd tables called t, each with something that a careless rebuild loses.

Every one has a column `x TEXT` that holds '1', '2' and so on, and that nothing else names.
"""

from __future__ import annotations

from typing import Final

_ROWS: Final = "INSERT INTO t (x, n) VALUES ('1', 10), ('2', 20), ('3', 30);"
_PARENT: Final = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE);"
    "INSERT INTO p VALUES (10, '1'), (20, '2'), (30, '3');"
)
_LOG: Final = "CREATE TABLE log (what);"


def _table(columns: str, tail: str = "", rows: str = _ROWS) -> str:
    return f"CREATE TABLE t ({columns}){tail};{rows}"


_PLAIN: Final = _table("id INTEGER PRIMARY KEY, x TEXT, n INTEGER")

SHAPES: Final = {
    "trigger": f"{_LOG}{_PLAIN}CREATE TRIGGER tr AFTER UPDATE ON t "
    "BEGIN INSERT INTO log VALUES (new.n); END;",
    "two triggers in order": f"{_LOG}{_PLAIN}"
    "CREATE TRIGGER b AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('b'); END;"
    "CREATE TRIGGER a AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('a'); END;",
    "autoincrement": _table("id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT, n INTEGER")
    + "INSERT INTO t VALUES (100, '9', 9); DELETE FROM t WHERE id = 100;",
    "autoincrement emptied": _table("id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT, n INTEGER")
    + "DELETE FROM t;",
    "autoincrement unused": _table(
        "id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT, n INTEGER", rows=""
    ),
    "column collation": _table("c TEXT COLLATE NOCASE, x TEXT, n INTEGER"),
    "descending index": f"{_PLAIN}CREATE INDEX i ON t (n DESC);",
    "index collation": f"{_PLAIN}CREATE INDEX i ON t (n COLLATE NOCASE, id);",
    "conflict clauses": _table(
        "id INTEGER PRIMARY KEY ON CONFLICT REPLACE, x TEXT, "
        "n INTEGER NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT FAIL"
    ),
    "comments": "CREATE TABLE t (\n  id INTEGER PRIMARY KEY, -- the (id, of it\n"
    "  /* before x */ x TEXT, -- about x\n  n INTEGER -- 'last\n);" + _ROWS,
    "statistics": f"{_PLAIN}CREATE INDEX i ON t (n); ANALYZE;",
    "statistics of keys": _table("id TEXT PRIMARY KEY, x TEXT, n INTEGER UNIQUE", rows="")
    + "INSERT INTO t VALUES ('a', '1', 1), ('b', '2', 2); ANALYZE;",
    "inline reference on delete": _PARENT
    + _table("x TEXT, n INTEGER CONSTRAINT fk REFERENCES p (id) ON DELETE CASCADE"),
    "inline reference on update": _PARENT
    + _table("x TEXT, n INTEGER REFERENCES p ON UPDATE SET NULL"),
    "inline reference deferred": _PARENT
    + _table("x TEXT, n INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED NOT NULL"),
    "table reference deferred": _PARENT
    + _table(
        "x TEXT, n INTEGER, CONSTRAINT fk FOREIGN KEY (n) REFERENCES p (id) "
        "ON DELETE SET NULL ON UPDATE CASCADE NOT DEFERRABLE INITIALLY IMMEDIATE"
    ),
    "reference to itself": _table(
        "id INTEGER PRIMARY KEY, x TEXT, n INTEGER REFERENCES t (id)", rows=""
    )
    + "INSERT INTO t VALUES (1, '1', NULL), (2, '2', 1);",
    "children": f"{_PLAIN}CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES t ON DELETE "
    "CASCADE, b INTEGER REFERENCES t (id) ON DELETE SET NULL, d INTEGER REFERENCES t);"
    "INSERT INTO c VALUES (1, 1, 2, 3), (2, 2, NULL, 1);",
    "made-up types": _table("m MONEY, u [some type](3, 4), x TEXT, n INTEGER"),
    "descending key": _table("id INTEGER PRIMARY KEY DESC, x TEXT, n INTEGER", rows="")
    + "INSERT INTO t VALUES (7, '1', 1), (3, '2', 2), (9, '3', 3);",
    "unnamed table check": _table("x TEXT, n INTEGER, CHECK (n > 0 AND (n < 1000))"),
    "unnamed column check": _table("x TEXT, n INTEGER CHECK (n > 0)"),
    "qualified check": _table("x TEXT, n INTEGER, CHECK (t.n > 0)"),
    "expression index": f"{_PLAIN}CREATE INDEX i ON t (n + 1, abs(id));",
    "unique expression index": f"{_PLAIN}CREATE UNIQUE INDEX i ON t (n * 2);",
    "partial index": f"{_PLAIN}CREATE INDEX i ON t (n) WHERE n > 10;",
    "view": f"{_PLAIN}CREATE VIEW v AS SELECT n, id FROM t;",
    "view on a view": f"{_PLAIN}CREATE VIEW v AS SELECT n FROM t;CREATE VIEW w AS SELECT * FROM v;",
    "instead-of trigger": f"{_PLAIN}CREATE VIEW v AS SELECT n FROM t; CREATE TRIGGER tr INSTEAD OF "
    "INSERT ON v BEGIN INSERT INTO t (n) VALUES (new.n); END;",
    "trigger elsewhere": f"{_LOG}{_PLAIN}CREATE TRIGGER tr AFTER INSERT ON log "
    "BEGIN UPDATE t SET n = n + 1; DELETE FROM t WHERE id = 99; END;",
    "virtual column": _table("x TEXT, n INTEGER, g INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL"),
    "stored column": _table("x TEXT, n INTEGER, g INTEGER GENERATED ALWAYS AS (n * 2) STORED"),
    "short computed column": _table("g AS (n * 2), x TEXT, n INTEGER") + "CREATE INDEX i ON t (g);",
    "untyped column": _table("a, x TEXT, b DEFAULT 5, n INTEGER"),
    "strict": _table("id INTEGER PRIMARY KEY, x TEXT, n INTEGER, a ANY", " STRICT"),
    "named checks": _table(
        "x TEXT, n INTEGER CONSTRAINT c1 CHECK (n IN (10, 20, (30))), "
        "CONSTRAINT \"c 2\" CHECK (n <> ')' AND n <> '--'),\n CONSTRAINT c3\n CHECK (\n n > 1\n)"
    ),
    "keys": _table("x TEXT, n INTEGER, m, UNIQUE (m), CONSTRAINT uq UNIQUE (n, m COLLATE NOCASE)"),
    "constraints without commas": _table("x TEXT, n INTEGER, UNIQUE (n) CHECK (n > 1)"),
    "defaults": _table(
        "x TEXT, n INTEGER, a TEXT DEFAULT 'it''s', b INTEGER DEFAULT -1, c DEFAULT (1 + 2), "
        "d TIMESTAMP DEFAULT CURRENT_TIMESTAMP, e BLOB DEFAULT x'0102', f DEFAULT NULL"
    ),
    "without rowid": _table("k TEXT PRIMARY KEY, x TEXT, n INTEGER", " WITHOUT ROWID", rows="")
    + "INSERT INTO t VALUES ('b', '1', 1), ('a', '2', 2);",
    "composite key": _table("x TEXT, n INTEGER, m INTEGER DEFAULT 1, PRIMARY KEY (m, n DESC)"),
    "gaps in rowids": _table("x TEXT, n INTEGER", rows="")
    + "INSERT INTO t (rowid, x, n) VALUES (-5, '1', 1), (7, '2', 2), (1000000000000, '3', 3);",
    "column called rowid": _table("rowid TEXT, x TEXT, n INTEGER")
    + "DELETE FROM t WHERE n = 10; UPDATE t SET rowid = 'r';",
    "full-text search": _table(
        "id INTEGER PRIMARY KEY, x TEXT, n INTEGER, body TEXT DEFAULT 'word'"
    )
    + "CREATE VIRTUAL TABLE f USING fts5 (body, content='t', content_rowid='id');"
    "INSERT INTO f (f) VALUES ('rebuild');"
    "CREATE TRIGGER f1 AFTER INSERT ON t BEGIN INSERT INTO f (rowid, body) "
    "VALUES (new.id, new.body); END;",
    "odd names": 'CREATE TABLE t ("a ""b" TEXT, [c d] INTEGER, `e` TEXT, x TEXT, n INTEGER, '
    '"group" TEXT, CHECK ("group" <> \'x\'));CREATE INDEX "i i" ON t ("a ""b");' + _ROWS,
    "key not first": _table("x TEXT, n INTEGER, id INTEGER, PRIMARY KEY (id)"),
    "other affinities": _table("x TEXT, n INTEGER, r REAL, b BLOB, d DECIMAL(10, 2)", rows="")
    + "INSERT INTO t VALUES ('1', 'text', 0.1, x'00ff', '1.50'), ('2', 2.5, 1e300, 'b', 7);",
    "values as they are": _table("x TEXT, n INTEGER, v", rows="")
    + "INSERT INTO t VALUES ('1', 1, 'a' || char(0) || 'b'), ('2', 9223372036854775807, -0.0), "
    "('3', NULL, 9e999), ('4', 3, x''), ('5', 4, '');",
    "rows older than a column": f"{_PLAIN}ALTER TABLE t ADD COLUMN late TEXT DEFAULT 'then';"
    "INSERT INTO t (x, n, late) VALUES ('4', 40, 'now');",
}
