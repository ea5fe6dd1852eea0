"""Random tables with rows and everything that hangs on them, and random edits of them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    CreateIndex,
    DropColumn,
    DropConstraint,
    Edit,
    RenameColumn,
    SetDefault,
    SetNullable,
)

NAMES = ("a", "B", "group", "odd name", 'quo"te', "état", "select", "c")
TYPES = ("INTEGER", "TEXT", "VARCHAR(20)", "REAL", "BLOB", "", "NUMERIC(8, 2)", "BOOLEAN", "MONEY")
CLAUSES = (
    "",
    "",
    "NOT NULL",
    "DEFAULT 5",
    "DEFAULT 'it''s'",
    "COLLATE NOCASE",
    "NOT NULL ON CONFLICT ABORT DEFAULT (1 + 1)",
    "CONSTRAINT named_{i} CHECK ({c} IS NOT 'never')",
    "CHECK (length({c}) < 99)",
    "REFERENCES p (id) ON DELETE CASCADE",
    "CONSTRAINT fk_{i} REFERENCES p ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED",
    "/* a ( comment */ DEFAULT NULL",
)
GAPS = (" ", "\n  ", " /* , */ ", " -- it's ( here\n  ", "\t")
KEYS = (
    None,
    "id INTEGER PRIMARY KEY",
    "id INTEGER PRIMARY KEY AUTOINCREMENT",
    "id INTEGER PRIMARY KEY DESC",
    "id TEXT PRIMARY KEY",
)
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 9),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
    st.sampled_from(["1", "007", "1.5", "abc", "2020-01-01"]),
    st.binary(max_size=4),
)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Schema:
    """Statements that make a database, rows for its table t, and edits to make."""

    script: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    edits: tuple[Edit, ...]


@st.composite
def column(draw: st.DrawFn, index: int, name: str) -> str:
    clauses = draw(st.lists(st.sampled_from(CLAUSES), max_size=2, unique=True))
    words = [quoted(name), draw(st.sampled_from(TYPES))]
    words += [clause.format(c=quoted(name), i=index) for clause in clauses]
    return draw(st.sampled_from(GAPS)).join(word for word in words if word)


@st.composite
def table_text(draw: st.DrawFn, names: list[str]) -> str:
    parts = [draw(column(i, name)) for i, name in enumerate(names)]
    key = draw(st.sampled_from(KEYS))
    without_rowid = key == KEYS[-1] and draw(st.booleans())
    parts.insert(draw(st.integers(0, len(parts))), key) if key else None
    first, last = quoted(names[0]), quoted(names[-1])
    if draw(st.booleans()):
        parts.append(f"g AS (length({last}))" + draw(st.sampled_from(["", " STORED"])))
    extra = draw(
        st.lists(
            st.sampled_from(
                [
                    f"CHECK ({first} IS NOT 'never')",
                    f"CONSTRAINT \"two cols\" CHECK ({first} IS NOT 'x' OR {last} IS NOT 'x')",
                    f"CONSTRAINT fk FOREIGN KEY ({first}) REFERENCES p (id) ON DELETE SET NULL",
                    f"CHECK (t.{last} IS NOT 'never')",
                ]
            ),
            max_size=2,
            unique=True,
        )
    )
    gap = draw(st.sampled_from(GAPS))
    body = f",{gap}".join(parts + extra)
    return f"CREATE TABLE t ({gap}{body}\n)" + (" WITHOUT ROWID" if without_rowid else "")


@st.composite
def dependents(draw: st.DrawFn, names: list[str]) -> list[str]:
    one, other = quoted(draw(st.sampled_from(names))), quoted(draw(st.sampled_from(names)))
    return draw(
        st.lists(
            st.sampled_from(
                [
                    f"CREATE INDEX i1 ON t ({one} DESC)",
                    f"CREATE INDEX i2 ON t ({one} COLLATE NOCASE, {other})",
                    f"CREATE INDEX i3 ON t ({one}) WHERE {other} IS NOT NULL",
                    f"CREATE INDEX i4 ON t (lower({one}) || 'x')",
                    (
                        f"CREATE TRIGGER t1 AFTER INSERT ON t BEGIN "
                        f"INSERT INTO log VALUES (new.{one}); END"
                    ),
                    f"CREATE TRIGGER t2 AFTER UPDATE OF {one} ON t BEGIN SELECT 1; END",
                    f"CREATE TRIGGER t3 AFTER INSERT ON log BEGIN UPDATE t SET {one} = 1; END",
                    f"CREATE VIEW v AS SELECT {one} AS x FROM t",
                    "CREATE VIEW w AS SELECT count(*) AS n FROM t",
                    "ANALYZE",
                ]
            ),
            max_size=4,
            unique=True,
        )
    )


@st.composite
def edit(draw: st.DrawFn, names: list[str]) -> Edit:
    name = draw(st.sampled_from(names))
    new = draw(st.sampled_from(["zz", "new name"]))
    choices: list[Edit] = [
        RenameColumn(name, new),
        AlterType(name, draw(st.sampled_from(TYPES))),
        SetNullable(name, draw(st.booleans())),
        SetDefault(name, draw(st.sampled_from([None, "7", "'x'", "(2 * 3)", "CURRENT_TIMESTAMP"]))),
        DropColumn(name),
        AddColumn(
            "added", draw(st.sampled_from(["added TEXT", "added INTEGER DEFAULT 3 NOT NULL"]))
        ),
        AddColumn("more", "more TEXT DEFAULT (lower('X'))", before=name),
        AddConstraint(f"CONSTRAINT ck_new CHECK ({quoted(name)} IS NOT 'forbidden')"),
        AddConstraint(f"CONSTRAINT uq_new UNIQUE ({quoted(name)})"),
        AddConstraint(f"CONSTRAINT fk_new FOREIGN KEY ({quoted(name)}) REFERENCES p (id)"),
        DropConstraint(
            draw(st.sampled_from(["named_0", "fk_0", "fk", "two cols"])), if_exists=True
        ),
        CreateIndex("CREATE INDEX later ON p (id)"),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    kinds = draw(
        st.lists(edit(names), min_size=1, max_size=3, unique_by=lambda e: type(e).__name__)
    )
    script = (
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "INSERT INTO p VALUES (1), (2), (5)",
        "CREATE TABLE log (what)",
        draw(table_text(names)),
    )
    rows = draw(st.lists(st.tuples(*(VALUES for _ in names)), max_size=5))
    later = tuple(draw(dependents(names)))
    return Schema((*script, "-- rows", *later), tuple(names), tuple(rows), tuple(kinds))
