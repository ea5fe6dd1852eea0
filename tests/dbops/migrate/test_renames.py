"""Renames keep their contents, whatever hangs on what is renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

BEFORE = """
class Member(db.Model):
    __tablename__ = "members"
    __table_args__ = (
        db.CheckConstraint("age >= 0", name="age"),
        db.UniqueConstraint("mail", "tenant", name="uq_both"),
    )
    id = db.Column(db.Integer, primary_key=True)
    mail = db.Column(db.String(40), nullable=False, unique=True)
    tenant = db.Column(db.Integer, index=True)
    age = db.Column(db.Integer)


class Post(db.Model):
    __tablename__ = "posts"
    __table_args__ = (db.Index("ix_posts_both", "title", "writer_id"),)
    id = db.Column(db.Integer, primary_key=True)
    writer_id = db.Column(db.Integer, db.ForeignKey("members.id", ondelete="CASCADE"))
    title = db.Column(db.Text, index=True)
    mail = db.Column(db.String(40), db.ForeignKey("members.mail"))
"""
AFTER = """
class Person(db.Model):
    __tablename__ = "people"
    __table_args__ = (
        db.CheckConstraint("age >= 0", name="age"),
        db.UniqueConstraint("email", "tenant", name="uq_both"),
    )
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(60), nullable=False, unique=True)
    tenant = db.Column(db.Integer, index=True)
    age = db.Column(db.Integer)


class Post(db.Model):
    __tablename__ = "posts"
    __table_args__ = (db.Index("ix_posts_both", "headline", "author_id"),)
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.Integer, db.ForeignKey("people.id", ondelete="CASCADE"))
    headline = db.Column(db.Text, index=True)
    mail = db.Column(db.String(40), db.ForeignKey("people.email"))
"""
ROWS = (
    "INSERT INTO members (id, mail, tenant, age) VALUES (1, 'ann@x', 7, 30)",
    "INSERT INTO posts (id, writer_id, title, mail) VALUES (5, 1, 'Hello', 'ann@x')",
)
RENAMES = (
    "members:people",
    "people.mail:email",
    "posts.writer_id:author_id",
    "posts.title:headline",
)


def words(renames: tuple[str, ...]) -> list[str]:
    return [word for one in renames for word in ("--rename", one)]


def test_tables_and_columns_are_renamed_with_all_that_hangs_on_them(modelled: Modelled) -> None:
    modelled.begin(BEFORE, ROWS)
    modelled.models(AFTER)
    made = modelled.migrate(*words(RENAMES))
    assert made.code == 0, made.text
    assert "differ" not in made.text
    assert "drop_column" not in modelled.file()
    assert "drop_table" not in modelled.file()
    modelled.there_and_back()
    found = "SELECT email || headline FROM people JOIN posts ON author_id = people.id"
    assert modelled.project.scalars(found) == ["ann@xHello"]
    modelled.downgrade()
    found = "SELECT members.mail || title FROM members JOIN posts ON writer_id = members.id"
    assert modelled.project.scalars(found) == ["ann@xHello"]


# A column's declaration, `{}` its name, and what else its table says of it; and its names.
PAIRS = (
    ("db.Text", "", "title", "headline"),
    ("db.Text, nullable=False", "", "title", "heading"),
    ("db.String(20), index=True", "", "mail", "email"),
    ("db.String(20), unique=True", "", "mail", "email"),
    ("db.Integer, server_default='7'", "", "size", "length"),
    ("db.Integer", 'db.CheckConstraint("{} > 0", name="{}"),', "size", "length"),
    ("db.Integer", 'db.Index("ix_pair_both", "{}", "other"),', "size", "length"),
    (
        "db.Integer",
        'db.Index("ix_part", "other", sqlite_where=WHERE, postgresql_where=WHERE),'.replace(
            "WHERE", 'db.text("{} > 1")'
        ),
        "size",
        "length",
    ),
    ("db.Integer", 'db.UniqueConstraint("other", "{}"),', "size", "length"),
    ("db.Integer, db.ForeignKey('targets.id')", "", "target", "target_id"),
    ("db.Integer, db.ForeignKey('targets.id', ondelete='CASCADE'), index=True", "", "a_id", "b_id"),
    ("db.Numeric(8, 2)", "", "price", "cost"),
    ("db.Boolean", "", "active", "is_active"),
    ("db.DateTime", "", "created", "created_at"),
    ("db.JSON", "", "extra", "more"),
    ("db.Enum('1', '2', native_enum=False, name='kind')", "", "kind", "sort"),
    ("db.LargeBinary", "", "blob", "content"),
    ("db.Text", "", "order", "group"),
    ("db.Text", "", "Name", "FullName"),
    ("db.Text", "", "straße", "gasse"),
)
PAIR = """
class Pair{number}(db.Model):
    __tablename__ = "pair{number}"
    __table_args__ = ({args})
    id = db.Column(db.Integer, primary_key=True)
    other = db.Column(db.Integer)
    value = db.Column({name!r}, {kind})
"""
TARGETS = """
class Target(db.Model):
    __tablename__ = "targets"
    id = db.Column(db.Integer, primary_key=True)
"""
VALUES = {"db.JSON": "'{}'", "db.DateTime": "'2020-02-29 00:00:00'", "db.Boolean": "'1'"}


def pairs(place: int) -> str:
    text = []
    for number, (kind, args, *names) in enumerate(PAIRS):
        name = names[place]
        filled = args.replace("{}", name).replace("ix_p", f"ix_{number}_p")
        text.append(PAIR.format(number=number, args=filled, name=name, kind=kind))
    return TARGETS + "".join(text)


def test_twenty_renames_lose_no_data(on_sqlite: Modelled) -> None:
    rename_all(on_sqlite)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_renames_lose_no_data_on_postgresql(on_postgres: Modelled) -> None:
    rename_all(on_postgres)
    print(f"{len(PAIRS)} renames, each there and back on filled tables: nothing lost.")  # noqa: T201 - A long test says what it did.


def rename_all(modelled: Modelled) -> None:
    values = [VALUES.get(kind, "'1'") for kind, *_ in PAIRS]
    rows = [
        f'INSERT INTO pair{number} (id, other, "{pair[2]}") VALUES (1, 2, {values[number]})'
        for number, pair in enumerate(PAIRS)
    ]
    modelled.begin(pairs(0), ["INSERT INTO targets VALUES (1)", *rows])
    before = contents(modelled, 2)
    modelled.models(pairs(1))
    refused = modelled.migrate()
    assert all(f"{old} seems renamed to {new}" in refused.err for *_, old, new in PAIRS)
    renames = [f"pair{number}.{pair[2]}:{pair[3]}" for number, pair in enumerate(PAIRS)]
    made = modelled.migrate(*words(tuple(renames)))
    assert "differ" not in made.text, made.text
    assert "tried out" not in made.text, made.text
    modelled.there_and_back()
    assert contents(modelled, 3) == before
    modelled.downgrade()
    assert contents(modelled, 2) == before


def contents(modelled: Modelled, place: int) -> list[object]:
    return [
        modelled.project.scalars(f'SELECT CAST("{pair[place]}" AS TEXT) FROM pair{number}')
        for number, pair in enumerate(PAIRS)
    ]


TABLE = """
class Thing(db.Model):
    __tablename__ = {name!r}
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.Text)
    {more}
"""


@pytest.mark.long
def test_a_table_that_changes_as_well_is_still_the_same(modelled: Modelled) -> None:
    modelled.begin(
        TABLE.format(name="things", more="old = db.Column(db.Integer, unique=True)"),
        ["INSERT INTO things (id, title, old) VALUES (1, 'Tea', 5)"],
    )
    more = "new = db.Column(db.Date, unique=True)"
    modelled.models(TABLE.format(name="goods", more=more))
    made = modelled.migrate("--rename", "things:goods")
    assert "drops column goods.old and its contents" in made.out, made.text
    assert "differ" not in made.text
    modelled.there_and_back()
    assert modelled.project.scalars("SELECT title FROM goods") == ["Tea"]


def test_a_doubtful_table_is_refused(on_sqlite: Modelled) -> None:
    on_sqlite.begin(TABLE.format(name="things", more=""))
    on_sqlite.models(TABLE.format(name="goods", more=""))
    refused = on_sqlite.migrate()
    assert "things seems renamed to goods" in refused.err
    assert "--rename things:goods" in refused.err
    made = on_sqlite.migrate("--no-rename")
    assert "drops table things and all its rows" in made.out
    assert "creates table goods with 2 columns" in made.out
