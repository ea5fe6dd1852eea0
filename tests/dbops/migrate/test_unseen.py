"""What autogenerate doesn't see is written as well, and goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

TABLE = """
class Product(db.Model):
    __tablename__ = "products"
    __table_args__ = ({args})
    id = db.Column(db.Integer, primary_key=True)
    shop_id = db.Column(db.Integer, db.ForeignKey("shops.id"{actions}){key})
    name = db.Column(db.String(40){name})
    price = db.Column(db.Integer{price})


class Shop(db.Model):
    __tablename__ = "shops"
    id = db.Column(db.Integer, primary_key=True)
    {more}
"""


def table(**parts: str) -> str:
    words = {"args": "", "actions": "", "key": "", "name": "", "price": "", "more": ""} | parts
    return TABLE.format(**words)


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
    Change("check added", {}, {"args": CHECK.format(0)}, "adds CHECK ck_products_price to products"),
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


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)
def test_a_change_that_autogenerate_misses_is_written(modelled: Modelled, change: Change) -> None:
    rows = [
        "INSERT INTO shops (id) VALUES (1)",
        "INSERT INTO products (id, shop_id, name, price) VALUES (1, 1, 'Tea', 12)",
    ]
    modelled.begin(table(**change.before), rows)
    modelled.models(table(**change.after))
    made = modelled.migrate()
    assert change.said in made.out, made.text
    assert "differ" not in made.text
    modelled.there_and_back()
    assert modelled.project.scalars("SELECT name FROM products WHERE price = 12") == ["Tea"]
