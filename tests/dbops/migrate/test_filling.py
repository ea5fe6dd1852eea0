"""NOT NULL on a table with rows: it works, on the first filled table as well."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

PRODUCTS = """
import datetime, decimal, enum

class Colour(enum.Enum):
    RED = "red"


class Product(db.Model):
    __tablename__ = "products"
    id = db.Column(db.Integer, primary_key=True)
    {more}
"""
ROW = "INSERT INTO products (id) VALUES (1)"
# The column's type and default in the model, and what the row that exists gets.
DEFAULTS = (
    ("db.Boolean", "True", True),
    ("db.Boolean", "False", False),
    ("db.Integer", "7", 7),
    ("db.Integer", "-7", -7),
    ("db.Numeric(8, 2)", "decimal.Decimal('1.50')", 1.5),
    ("db.Float", "0.5", 0.5),
    ("db.String(20)", "''", ""),
    ("db.String(20)", "\"it's 5 o'clock: %s\"", "it's 5 o'clock: %s"),
    ("db.Enum(Colour, native_enum=False)", "Colour.RED", "RED"),
    ("db.Date", "datetime.date(2020, 2, 29)", "2020-02-29"),
)


def products(*columns: str) -> str:
    return PRODUCTS.format(more="\n    ".join(columns))


def same(found: object, value: object) -> bool:
    """Tell whether a value is as meant; SQLite has no booleans or dates."""
    if isinstance(value, str):
        return str(found) == value
    return isinstance(found, int | float | decimal.Decimal) and float(found) == value


def test_the_models_own_default_becomes_the_servers(modelled: Modelled) -> None:
    modelled.begin(products(), [ROW])
    columns = [
        f"c{number} = db.Column({kind}, nullable=False, default={default})"
        for number, (kind, default, _) in enumerate(DEFAULTS)
    ]
    modelled.models(products(*columns))
    made = modelled.migrate()
    assert made.code == 0, made.text
    assert 'dbops_class = "expand"' in modelled.file()
    assert "Say server_default='7' in the model too" in made.out
    before = modelled.schema()
    modelled.upgrade()
    for number, (_, _, value) in enumerate(DEFAULTS):
        (found,) = modelled.project.scalars(f"SELECT c{number} FROM products")
        assert same(found, value), columns[number]
    modelled.downgrade()
    assert modelled.schema() == before


def test_a_default_that_the_model_then_declares_is_no_difference(on_sqlite: Modelled) -> None:
    on_sqlite.begin(products(), [ROW])
    on_sqlite.models(products("a = db.Column(db.Boolean, nullable=False, default=True)"))
    assert on_sqlite.migrate().code == 0
    on_sqlite.upgrade()
    told = products("a = db.Column(db.Boolean, nullable=False, default=True, server_default='1')")
    on_sqlite.models(told)
    again = on_sqlite.migrate()
    assert "No changes in schema detected." in again.out, again.text


def test_without_a_default_it_takes_three_steps(on_sqlite: Modelled) -> None:
    on_sqlite.begin(products(), [ROW])
    on_sqlite.models(products("code = db.Column(db.Text, nullable=False)"))
    made = on_sqlite.migrate()
    assert made.code == 0, made.text
    assert 'dbops_class = "expand"' in on_sqlite.file()
    assert 'flask db revision --data -m "Backfill products.code"' in made.out
    on_sqlite.upgrade()
    early = on_sqlite.migrate(message="Require products.code")
    assert "products.code stays nullable for now: 1 row has no value for it" in early.out
    assert on_sqlite.files() == 2
    on_sqlite.project.execute("UPDATE products SET code = 'x'")
    late = on_sqlite.migrate(message="Require products.code")
    assert "forbids NULL in products.code" in late.out
    on_sqlite.there_and_back()


@pytest.mark.parametrize("default", ["dict", "db.func.now()"])
def test_a_default_that_isnt_one_value_is_none(on_sqlite: Modelled, default: str) -> None:
    on_sqlite.begin(products(), [ROW])
    on_sqlite.models(products(f"code = db.Column(db.JSON, nullable=False, default={default})"))
    made = on_sqlite.migrate()
    assert "added without NOT NULL" in made.out, made.text
    on_sqlite.upgrade()


def test_other_changes_go_on_while_a_column_is_held_back(on_sqlite: Modelled) -> None:
    on_sqlite.begin(products("code = db.Column(db.Text)"), [ROW])
    both = "code = db.Column(db.Text, nullable=False)", "size = db.Column(db.Integer)"
    on_sqlite.models(products(*both))
    made = on_sqlite.migrate()
    assert made.code == 0, made.text
    assert "stays nullable for now" in made.out
    assert "differ" not in made.text
    assert "alter_column" not in on_sqlite.file()
    on_sqlite.upgrade()
