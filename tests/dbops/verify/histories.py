"""Histories with one fault in each revision, and their clean twins."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugins.project import Project

BASE = """
for number in range(COUNT):
    op.create_table(
        f"t{number:02}",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(10), nullable=False, server_default="a"),
        sa.Column("size", sa.Integer, nullable=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.CheckConstraint("kind IN ('small', 'large')", name=f"ck_t{number:02}_kind"),
    )
    op.create_index(f"ix_t{number:02}", f"t{number:02}", ["size"],
                    sqlite_where=sa.text("size > 3"), postgresql_where=sa.text("size > 3"))
    op.execute(f"CREATE VIEW v{number:02} AS SELECT id, kind FROM t{number:02}")
"""
ONE = textwrap.dedent(BASE.split("\n", 2)[2])
"""What makes the table `number`."""
UNDO = """
for number in range(COUNT):
    op.execute(f"DROP VIEW v{number:02}")
    op.drop_table(f"t{number:02}")
"""


@dataclass(frozen=True)
class Case:
    """A revision on the table t: the errors and other remarks that it is to get, by code."""

    name: str
    up: str
    down: str
    errors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    says: str = ""


CASES = (
    Case(
        "index, built outside a transaction",
        "with op.get_context().autocommit_block():\n"
        "    op.create_index(f'ix_more_{T}', T, ['name'], postgresql_concurrently=True)",
        "with op.get_context().autocommit_block():\n"
        "    op.drop_index(f'ix_more_{T}', T, postgresql_concurrently=True)",
    ),
    Case(
        "column, dropped again",
        'op.add_column(T, sa.Column("more", sa.String(5)))',
        "op.drop_column(T, 'more')",
        others=("V-09",),
        says="loses {t}.more with",
    ),
    Case(
        "column, left there",
        'op.add_column(T, sa.Column("more", sa.String(5)))',
        "pass",
        ("V-03",),
        says="does nothing",
    ),
    Case(
        "table and index, dropped again",
        "op.create_table(T + 'x', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.create_index('ix_more_' + T, T, ['name', 'size'])",
        "op.drop_index('ix_more_' + T, T)\nop.drop_table(T + 'x')",
        others=("V-09",),
        says="loses table {t}x with",
    ),
    Case(
        "table and index, the index left",
        "op.create_table(T + 'x', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.create_index('ix_more_' + T, T, ['name', 'size'])",
        "op.drop_table(T + 'x')",
        ("V-04",),
        says="leaves index ix_more_{t} on {t} behind",
    ),
    Case(
        "NOT NULL dropped, restored after cleaning",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('kind', existing_type=sa.String(8), nullable=True)",
        "op.execute('DELETE FROM ' + T + ' WHERE kind IS NULL')\n"
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('kind', existing_type=sa.String(8), nullable=False)",
        others=("V-09",),
        says="rows of {t}",
    ),
    Case(
        "NOT NULL dropped, restored on rows without",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('kind', existing_type=sa.String(8), nullable=True)",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('kind', existing_type=sa.String(8), nullable=False)",
        ("V-02",),
        says="fails on rows written since the upgrade",
    ),
    Case(
        "text widened and cut",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', existing_type=sa.String(10), type_=sa.String(50))",
        "op.execute('UPDATE ' + T + ' SET name = substr(name, 1, 10)')\n"
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', existing_type=sa.String(50), type_=sa.String(10))",
        ("V-08",),
        says="of {t}.name short",
    ),
    Case(
        "default changed and put back",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', server_default='b')",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', server_default='a')",
    ),
    Case(
        "default changed and lost",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', server_default='b')",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.alter_column('name', server_default=None)",
        ("V-05",),
        says="default is none and was 'a'",
    ),
    Case(
        "CHECK dropped and put back",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.drop_constraint(f'ck_{T}_kind', type_='check')",
        "op.execute('UPDATE ' + T + \" SET kind = 'large' WHERE kind NOT IN ('small', 'large')\")\n"
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.create_check_constraint(f'ck_{T}_kind', \"kind IN ('small', 'large')\")",
        others=("V-09",),
        says="changes values of {t}.kind",
    ),
    Case(
        "CHECK dropped and lost",
        "with op.batch_alter_table(T) as batch_op:\n"
        "    batch_op.drop_constraint(f'ck_{T}_kind', type_='check')\n"
        "    batch_op.add_column(sa.Column('more', sa.Integer))",
        "op.drop_column(T, 'more')",
        ("V-05",),
        says="doesn't bring check ck_{t}_kind on {t} back",
    ),
    Case(
        "view dropped and put back",
        "op.execute('DROP VIEW v' + T[1:])",
        "op.execute('CREATE VIEW v' + T[1:] + ' AS SELECT id, kind FROM ' + T)",
    ),
    Case(
        "view dropped and lost",
        "op.execute('DROP VIEW v' + T[1:])\nop.add_column(T, sa.Column('more', sa.Integer))",
        "op.drop_column(T, 'more')",
        ("V-05",),
        says="doesn't bring view v",
    ),
    Case(
        "predicate put back",
        "op.drop_index('ix_' + T, T)",
        "op.create_index('ix_' + T, T, ['size'], sqlite_where=sa.text('size > 3'), "
        "postgresql_where=sa.text('size > 3'))",
    ),
    Case(
        "predicate lost",
        "op.drop_index('ix_' + T, T)",
        "op.create_index('ix_' + T, T, ['size'])",
        ("V-05",),
        says="where is none",
    ),
    Case(
        "rows of another table changed",
        "op.add_column(T, sa.Column('more', sa.Integer))",
        "op.drop_column(T, 'more')\nop.execute(\"UPDATE t00 SET size = 77\")",
        ("V-07",),
        ("V-09",),
        says="changes values of t00.size that were there before",
    ),
    Case(
        "old rows deleted",
        "op.add_column(T, sa.Column('more', sa.Integer))",
        "op.execute('DELETE FROM ' + T)\nop.drop_column(T, 'more')",
        ("V-07",),
        ("V-09",),
        says="of {t} that were there before",
    ),
    Case(
        "NOT NULL column with a default",
        "op.add_column(T, sa.Column('more', sa.Integer, nullable=False, server_default='3'))",
        "op.drop_column(T, 'more')",
        others=("V-09",),
    ),
    Case(
        "NOT NULL column without a default",
        "op.add_column(T, sa.Column('more', sa.Integer, nullable=False))",
        "op.drop_column(T, 'more')",
        ("V-01",),
        says="fails once there are rows",
    ),
    Case(
        "downgrade with a typing error",
        "op.add_column(T, sa.Column('more', sa.Integer))",
        "op.drop_column(T, 'moer')",
        ("V-02",),
        says="The downgrade fails: ",
    ),
    Case(
        "row left behind",
        "op.create_table(T + 'x', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.execute('INSERT INTO ' + T + \" (id, kind) VALUES (5000, 'small')\")",
        "op.drop_table(T + 'x')",
        ("V-06", "V-07"),
        says="adds 1 row of {t}",
    ),
    Case(
        "row inserted and taken back",
        "op.execute('INSERT INTO ' + T + \" (id, kind) VALUES (5000, 'small')\")",
        "op.execute('DELETE FROM ' + T + ' WHERE id = 5000')",
        others=("V-09",),
    ),
    Case(
        "no way back",
        "op.execute('UPDATE ' + T + ' SET size = 0')",
        "raise RuntimeError('Irreversible: the sizes are gone.')",
        others=("V-10",),
        says="no way back",
    ),
    Case(
        "values changed for good",
        "op.execute('UPDATE ' + T + \" SET name = 'x'\")",
        "pass",
        others=("V-09",),
        says="The upgrade changes values of {t}.name",
    ),
    Case(
        "column dropped for good",
        "op.drop_column(T, 'name')",
        "op.add_column(T, sa.Column('name', sa.String(10), nullable=False, server_default='a'))",
        others=("V-09",),
        says="The upgrade drops {t}.name with",
    ),
    Case(
        "rows deleted for good",
        "op.execute('DELETE FROM ' + T)",
        "pass",
        others=("V-09",),
        says="The upgrade deletes 8 rows of {t}",
    ),
    Case(
        "table dropped for good",
        "op.execute('DROP VIEW v' + T[1:])\nop.drop_table(T)",
        f"number = int(T[1:])\n{ONE}",
        others=("V-09",),
        says="The upgrade drops {t}; {t} comes back with 0 of its 8 rows",
    ),
    Case(
        "rows of an untouched table changed only where they are new",
        "op.add_column(T, sa.Column('more', sa.Integer))\n"
        "op.execute('UPDATE ' + T + ' SET more = 1')",
        'op.execute("UPDATE t00 SET size = 5 WHERE EXISTS (SELECT 1 FROM " + T + '
        "\" WHERE more > 1)\")\nop.drop_column(T, 'more')",
        ("V-07",),
        ("V-09",),
        says="t00.size, which the upgrade left alone",
    ),
    Case(
        "column and table renamed",
        "op.alter_column(T, 'name', new_column_name='title')\n"
        "op.create_table(T + 'y', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.rename_table(T + 'y', T + 'z')",
        "op.drop_table(T + 'z')\nop.alter_column(T, 'title', new_column_name='name')",
        others=("V-09",),
        says="loses table {t}z",
    ),
    Case(
        "foreign key with its action",
        "op.create_table(T + 'c', sa.Column('id', sa.Integer, primary_key=True), "
        "sa.Column('parent', sa.Integer, sa.ForeignKey(T + '.id', name='fk_' + T, "
        "ondelete='CASCADE'), nullable=False))",
        "op.drop_table(T + 'c')",
        others=("V-09",),
    ),
    Case(
        "foreign key without its action",
        "with op.batch_alter_table('{before}c') as batch_op:\n"
        "    batch_op.drop_constraint('fk_{before}', type_='foreignkey')\n"
        "    batch_op.create_foreign_key('fk_{before}', '{before}', ['parent'], ['id'], "
        "ondelete='RESTRICT')",
        "with op.batch_alter_table('{before}c') as batch_op:\n"
        "    batch_op.drop_constraint('fk_{before}', type_='foreignkey')\n"
        "    batch_op.create_foreign_key('fk_{before}', '{before}', ['parent'], ['id'])",
        ("V-05",),
        says="on delete is none and was CASCADE",
    ),
)


def table_of(place: int) -> str:
    """Return the table that a case is about."""
    return f"t{place:02}"


def write(project: Project, cases: tuple[Case, ...]) -> dict[str, Case]:
    """Write a revision for each case; return the cases by revision."""
    words = {"COUNT": str(len(cases) + 1)}
    project.add("r00", BASE.replace("COUNT", words["COUNT"]), UNDO.replace("COUNT", words["COUNT"]))
    written = {}
    for place, case in enumerate(cases, 1):
        before = table_of(place - 1)
        up, down = (
            textwrap.dedent(text).replace("{before}", before) for text in (case.up, case.down)
        )
        revision = f"r{place:02}"
        project.add(revision, up, down, head=f"T = {table_of(place)!r}")
        written[revision] = case
    return written
