"""What autogenerate doesn't see is written as well, and goes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

TABLE = """
class Product{n}(db.Model):
    __tablename__ = "products{n}"
    __table_args__ = ({args})
    id = db.Column(db.Integer, primary_key=True, autoincrement=False)
    shop_id = db.Column(db.Integer, db.ForeignKey("shops{n}.id"{actions}){key})
    name = db.Column(db.String(40){name})
    price = db.Column(db.Integer{price})


class Shop{n}(db.Model):
    __tablename__ = "shops{n}"
    id = db.Column(db.Integer, primary_key=True)
    {more}
"""


def table(number: int, parts: dict[str, str]) -> str:
    words = {"args": "", "actions": "", "key": "", "name": "", "price": "", "more": ""} | parts
    text = TABLE.replace("{n}", str(number)).format(**words)
    return text.replace("_products_", f"_products{number}_")


@dataclass(frozen=True)
class Change:
    """Two versions of the models, and what is said of it."""

    name: str
    before: dict[str, str]
    after: dict[str, str]
    said: str


CHECK = 'db.CheckConstraint("price > {}", name="price"),'
INDEX = 'db.Index("ix_products_price", "price"{}),'
PREDICATE = ', sqlite_where=db.text("price > {0}"), postgresql_where=db.text("price > {0}")'
CHANGES = (
    Change(
        "check added", {}, {"args": CHECK.format(0)}, "adds CHECK ck_products_price to products"
    ),
    Change("check taken", {"args": CHECK.format(0)}, {}, "drops CHECK ck_products_price"),
    Change("check changed", {"args": CHECK.format(0)}, {"args": CHECK.format(1)}, "adds CHECK"),
    Change(
        "predicate changed",
        {"args": INDEX.format(PREDICATE.format(0))},
        {"args": INDEX.format(PREDICATE.format(9))},
        "creates index ix_products_price",
    ),
    Change(
        "expression changed",
        {"args": 'db.Index("ix_products_lower", db.text("lower(name)")),'},
        {"args": 'db.Index("ix_products_lower", db.text("upper(name)")),'},
        "creates index ix_products_lower",
    ),
    Change(
        "order changed",
        {"args": INDEX.format("")},
        {"args": 'db.Index("ix_products_price", db.text("price DESC")),'},
        "creates index ix_products_price",
    ),
    Change("action changed", {}, {"actions": ', ondelete="CASCADE"'}, "adds foreign key"),
    Change(
        "action taken",
        {"actions": ', ondelete="CASCADE", onupdate="CASCADE"'},
        {"actions": ', onupdate="CASCADE"'},
        "adds foreign key",
    ),
    Change(
        "deferrable",
        {},
        {"actions": ', deferrable=True, initially="DEFERRED"'},
        "adds foreign key",
    ),
    Change(
        "default added",
        {},
        {"price": ', server_default="7"'},
        "sets the server default of products.price to '7'",
    ),
    Change(
        "default changed",
        {"price": ', server_default="7"'},
        {"price": ', server_default="8"'},
        "sets the server default of products.price to '8'",
    ),
    Change(
        "default taken",
        {"price": ', server_default="7"'},
        {},
        "drops the server default of products.price",
    ),
    Change(
        "key widened",
        {"key": ", nullable=False"},
        {"key": ", primary_key=True"},
        "adds primary key pk_products to products",
    ),
    Change(
        "generated changed",
        {"more": 'twice = db.Column(db.Integer, db.Computed("id * 2", persisted=True))'},
        {"more": 'twice = db.Column(db.Integer, db.Computed("id * 3", persisted=True))'},
        "adds column shops.twice",
    ),
)


def rows(number: int) -> list[str]:
    return [
        f"INSERT INTO shops{number} (id) VALUES (1)",
        f"INSERT INTO products{number} (id, shop_id, name, price) VALUES (1, 1, 'Tea', 12)",
    ]


def test_changes_that_autogenerate_misses_are_written(modelled: Modelled) -> None:
    numbered = list(enumerate(CHANGES))
    every = [row for number, _ in numbered for row in rows(number)]
    modelled.begin("\n".join(table(number, one.before) for number, one in numbered), every)
    modelled.models("\n".join(table(number, one.after) for number, one in numbered))
    made = modelled.migrate()
    for number, one in numbered:
        said = re.sub(r"(products|shops)(?=[_. ]|$)", rf"\g<1>{number}", one.said)
        assert said in made.out, (one.name, made.text)
    assert "differ" not in made.text, made.text
    modelled.there_and_back()
    for number, _ in numbered:
        found = f"SELECT name FROM products{number} WHERE price = 12"
        assert modelled.project.scalars(found) == ["Tea"]


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)
def test_each_change_alone_is_written(modelled: Modelled, change: Change) -> None:
    modelled.begin(table(0, change.before), rows(0))
    modelled.models(table(0, change.after))
    made = modelled.migrate()
    assert made.code in {0, 1}
    assert "differ" not in made.text, made.text
    modelled.there_and_back()


@pytest.mark.long
def test_names_that_changed_are_renamed(modelled: Modelled) -> None:
    before = {"args": 'db.UniqueConstraint("name", name="uq_old"), db.Index("ix_old", "price"),'}
    after = {"args": 'db.UniqueConstraint("name", name="uq_new"), db.Index("ix_new", "price"),'}
    modelled.begin(table(0, before), rows(0))
    modelled.models(table(0, after))
    made = modelled.migrate()
    assert "differ" not in made.text, made.text
    modelled.there_and_back()


TYPES = """
class Thing(db.Model):
    __tablename__ = "things"
    id = db.Column(db.Integer, primary_key=True)
    number = db.Column(db.{0})
    state = db.Column(db.{1})
"""


@pytest.mark.postgres
def test_a_type_is_cast_where_postgresql_has_to_be_told(on_postgres: Modelled) -> None:
    on_postgres.begin(
        TYPES.format("String(10)", "String(10)"), ["INSERT INTO things VALUES (1, '42', 'new')"]
    )
    on_postgres.models(TYPES.format("Integer", 'Enum("new", "done", name="state")'))
    made = on_postgres.migrate()
    assert "differ" not in made.text, made.text
    on_postgres.there_and_back()
    assert on_postgres.project.scalars("SELECT number FROM things WHERE state = 'new'") == [42]


@pytest.mark.postgres
def test_a_constraint_that_was_never_validated_is(on_postgres: Modelled) -> None:
    on_postgres.begin(table(0, {}), rows(0))
    name = "fk_products0_shop_id"
    on_postgres.project.add(
        "0002",
        f"op.drop_constraint('{name}', 'products0')\nop.create_foreign_key('{name}', 'products0', "
        "'shops0', ['shop_id'], ['id'], postgresql_not_valid=True)",
        "raise RuntimeError('There is no way back.')",
        parent="0001",
    )
    on_postgres.number = 2
    on_postgres.upgrade()
    made = on_postgres.migrate()
    assert f"validates foreign key {name} on products0" in made.out, made.text
    on_postgres.upgrade()
    again = on_postgres.migrate()
    assert again.out == "No changes in schema detected.\n"


def enum(*values: str) -> str:
    return f"""
class Job(db.Model):
    __tablename__ = "jobs"
    id = db.Column(db.Integer, primary_key=True)
    state = db.Column(db.Enum({", ".join(map(repr, values))}, name="state"), server_default="new")
"""


@pytest.mark.postgres
@pytest.mark.parametrize(
    "values",
    [
        pytest.param(("new", "late", "done"), id="more"),
        pytest.param(("new",), id="fewer", marks=pytest.mark.long),
        pytest.param(("done", "new"), id="order", marks=pytest.mark.long),
    ],
)
def test_an_enum_gets_the_values_of_the_models(
    on_postgres: Modelled, values: tuple[str, ...]
) -> None:
    on_postgres.begin(enum("new", "done"), ["INSERT INTO jobs (id) VALUES (1)"])
    on_postgres.models(enum(*values))
    made = on_postgres.migrate()
    assert "enum state" in made.out, made.text
    assert "differ" not in made.text, made.text
    on_postgres.there_and_back()
    assert on_postgres.project.scalars("SELECT state::text FROM jobs") == ["new"]


@pytest.mark.postgres
def test_an_enum_comes_to_a_table_that_is_there_and_goes_with_it(on_postgres: Modelled) -> None:
    plain = "class Job(db.Model):\n    __tablename__ = 'jobs'\n"
    plain += "    id = db.Column(db.Integer, primary_key=True)\n"
    on_postgres.begin(plain, ["INSERT INTO jobs (id) VALUES (1)"])
    on_postgres.models(enum("new", "done"))
    made = on_postgres.migrate()
    assert "differ" not in made.text, made.text
    assert "creates enum state" in made.out
    on_postgres.there_and_back()


@pytest.mark.postgres
def test_comments_are_written(on_postgres: Modelled) -> None:
    text = """
class Job(db.Model):
    __tablename__ = "jobs"
    __table_args__ = {{"comment": {0!r}}}
    id = db.Column(db.Integer, primary_key=True, comment={0!r})
"""
    on_postgres.begin(text.format("before"))
    on_postgres.models(text.format("after"))
    made = on_postgres.migrate()
    assert "comments table jobs" in made.out
    on_postgres.there_and_back()
