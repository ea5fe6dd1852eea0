"""What a person and a machine are told, and what stands in the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.plugins.project import ENV

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

ONE = """
class Product(db.Model):
    __tablename__ = "products"
    __table_args__ = ({args})
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20), unique=True)
    {more}
"""
PRICE = "price = db.Column(db.Integer)"


def product(*, more: str = "", args: str = "") -> str:
    return ONE.format(more=more, args=args)


def test_a_machine_is_told_the_same_in_one_line(on_sqlite: Modelled) -> None:
    on_sqlite.models(product())
    words = ("migrate", "-m", "Create products", "--rev-id", "0001", "--json")
    made = on_sqlite.project.db(*words)
    assert made.code == 0
    assert len(made.out.splitlines()) == 1
    said = json.loads(made.out)
    assert said["ok"] is True
    assert said["changes"] == ["creates table products with 2 columns"]
    assert said["files"] == [str(on_sqlite.newest())]
    assert said["revisions"] == ["0001"]
    assert said["class"] == ["expand"]
    on_sqlite.upgrade()
    again = json.loads(on_sqlite.project.db(*words).out)
    assert again["summary"] == "No changes in schema detected."
    assert (again["files"], again["findings"]) == ([], [])


def test_the_review_has_the_last_word(on_postgres: Modelled) -> None:
    on_postgres.begin(product(more=PRICE), ["INSERT INTO products VALUES (1, 'Tea', 5)"])
    indexed = "price = db.Column(db.Integer, index=True)"
    on_postgres.models(product(more=indexed))
    made = on_postgres.migrate()
    assert made.code == 1
    assert "creates index ix_products_price on products (price)" in made.out
    assert ": error I-01 CREATE INDEX ix_products_price on products" in made.out
    assert made.out.splitlines()[-1].endswith("flask db lint --range 0002 --fix")


def test_revision_autogenerates_in_the_same_way(on_sqlite: Modelled) -> None:
    on_sqlite.begin(product())
    on_sqlite.models(product(more=PRICE))
    made = on_sqlite.project.db("revision", "--autogenerate", "-m", "Give them a price")
    assert made.code == 0, made.text
    assert "adds column products.price INTEGER" in made.out
    on_sqlite.newest().unlink(missing_ok=True)
    empty = on_sqlite.project.db("revision", "-m", "Fill in the prices", "--rev-id", "0003")
    assert empty.code == 0
    assert "pass" in on_sqlite.body("upgrade")


def test_the_projects_own_hook_comes_first(on_sqlite: Modelled) -> None:
    hook = (
        "def hook(context, revision, directives):\n"
        "    directives[0].message = 'Named by the hook'\n"
        "    from alembic.operations import ops\n"
        "    directives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp('SELECT 1'))\n\n\n"
    )
    on_sqlite.base = on_sqlite.base.replace(
        "migrate = Migrate()", f"{hook}migrate = Migrate(process_revision_directives=hook)"
    )
    on_sqlite.models(product())
    made = on_sqlite.migrate()
    assert made.code in {0, 1}, made.text
    assert '"""Named by the hook"""' in on_sqlite.file()
    assert "op.execute('SELECT 1')" in on_sqlite.file()
    assert "runs SELECT 1" in made.out


STOCK = """
from alembic import context
from flask import current_app


def process(_context, _revision, directives):
    if directives[0].upgrade_ops.is_empty():
        directives[:] = []


db = current_app.extensions["migrate"].db
with db.engine.connect() as connection:
    context.configure(connection=connection, target_metadata=db.metadata,
                      process_revision_directives=process, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_an_env_of_the_projects_own_serves_as_well(on_sqlite: Modelled) -> None:
    env = on_sqlite.project.folder / "migrations" / "env.py"
    on_sqlite.begin(product(more=PRICE), ["INSERT INTO products VALUES (1, 'Tea', 5)"])
    env.write_text(STOCK)
    assert "No changes in schema detected." in on_sqlite.migrate().out
    on_sqlite.models(product(more=PRICE, args='db.CheckConstraint("price > 0", name="price"),'))
    made = on_sqlite.migrate()
    assert "adds CHECK ck_products_price to products" in made.out, made.text
    on_sqlite.models(product(more="cost = db.Column(db.Integer)"))
    on_sqlite.newest().unlink()
    made = on_sqlite.migrate("--rename", "products.price:cost")
    assert "renames column products.price to cost" in made.out, made.text
    env.write_text(ENV)
    on_sqlite.upgrade()
    assert on_sqlite.project.scalars("SELECT cost FROM products") == [5]


def test_what_cannot_be_written_stands_in_the_file_as_a_comment(on_sqlite: Modelled) -> None:
    table = "CREATE TABLE products (id INTEGER NOT NULL, name VARCHAR(20), price INTEGER, "
    table += "CHECK (price > 5), CONSTRAINT pk_products PRIMARY KEY (id), "
    table += "CONSTRAINT uq_products_name UNIQUE (name))"
    on_sqlite.project.add("0001", f"op.execute({table!r})", "op.drop_table('products')")
    on_sqlite.number = 1
    on_sqlite.upgrade()
    on_sqlite.models(product(more=PRICE))
    alone = on_sqlite.migrate()
    assert (
        "No operation could be written for this: in the models, check on products is" in alone.out
    )
    assert on_sqlite.files() == 1
    on_sqlite.models(product(more=f"{PRICE}\n    size = db.Column(db.Integer)"))
    made = on_sqlite.migrate()
    assert "# In the models, check on products is missing" in on_sqlite.file(), made.text


def test_a_template_of_the_projects_own_lends_its_imports(on_sqlite: Modelled) -> None:
    template = on_sqlite.project.folder / "migrations" / "script.py.mako"
    text = template.read_text("utf-8")
    template.write_text(
        text.replace("import sqlalchemy as sa", "import fractions, sqlalchemy as sa")
    )
    rendering = "lambda kind, thing, _: kind == 'type' and 'fractions and sa.Integer()'"
    on_sqlite.base = on_sqlite.base.replace(
        "migrate = Migrate()", f"migrate = Migrate(render_item={rendering})"
    )
    on_sqlite.models("things = db.Table('things', db.metadata, sa.Column('a', sa.Integer))")
    made = on_sqlite.migrate()
    assert "fractions and sa.Integer()" in on_sqlite.file()
    assert made.code == 0, made.text
    on_sqlite.upgrade()


def test_an_index_on_a_table_of_the_same_revision_breaks_nothing(on_sqlite: Modelled) -> None:
    on_sqlite.models(product(more="price = db.Column(db.Integer, index=True, unique=True)"))
    made = on_sqlite.migrate()
    assert made.code == 0, made.text
    assert "unique=True" in on_sqlite.body("upgrade")
    assert 'dbops_class = "expand"' in on_sqlite.file()
