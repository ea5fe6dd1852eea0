"""A history of thirty-odd revisions of every kind, for the harnesses that break runs off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugins.project import Project

BLOCK = "with op.get_context().autocommit_block():\n    "

BOTH: tuple[str, ...] = (
    """op.create_table('people', sa.Column('id', sa.Integer, primary_key=True),
           sa.Column('name', sa.String(40), nullable=False), sa.Column('age', sa.Integer),
           sa.CheckConstraint('age >= 0', name='age_is_positive'))""",
    """op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True),
           sa.Column('person_id', sa.Integer,
                     sa.ForeignKey('people.id', ondelete='CASCADE', name='of')),
           sa.Column('cents', sa.Integer, server_default='0', nullable=False))""",
    """for n in range(1, 9):
        op.execute(f"INSERT INTO people (id, name, age) VALUES ({n}, 'p{n}', {n})")""",
    """people = sa.table('people', sa.column('id'))
for n in op.get_bind().execute(sa.select(people.c.id)).scalars().all():
    op.execute(f"INSERT INTO orders (id, person_id, cents) VALUES ({n}, {n}, {n * 100})")""",
    "op.create_index('ix_orders_person', 'orders', ['person_id'])",
    "op.add_column('people', sa.Column('email', sa.Text))",
    "op.execute(\"UPDATE people SET email = name || '@example.org'\")",
    """with op.batch_alter_table('people') as batch_op:
        batch_op.alter_column('email', nullable=False, existing_type=sa.Text())
        batch_op.create_unique_constraint('one_email', ['email'])""",
    "op.add_column('orders', sa.Column('note', sa.String(20)))",
    "op.execute(\"UPDATE orders SET note = 'n' || id\")",
    """with op.batch_alter_table('orders') as batch_op:
        batch_op.alter_column('note', type_=sa.Text(), existing_type=sa.String(20))""",
    """op.create_table('tags', sa.Column('id', sa.Integer, primary_key=True),
           sa.Column('word', sa.Text))
op.bulk_insert(sa.table('tags', sa.column('id', sa.Integer), sa.column('word', sa.Text)),
               [{'id': n, 'word': f'w{n}'} for n in range(5)])""",
    "op.create_index('ix_tags_word', 'tags', ['word'], unique=True)",
    "op.rename_table('tags', 'labels')",
    """with op.batch_alter_table('people') as batch_op:
        batch_op.alter_column('name', new_column_name='full_name',
                              existing_type=sa.String(40), existing_nullable=False)""",
    "op.execute('CREATE VIEW rich AS SELECT person_id FROM orders WHERE cents > 300')",
    "op.add_column('labels', sa.Column('uses', sa.Integer, server_default='0', nullable=False))",
    "op.execute('UPDATE labels SET uses = uses + 1')",
    "op.execute('UPDATE labels SET uses = uses + id')",
    """with op.batch_alter_table('labels') as batch_op:
        batch_op.create_check_constraint('uses_counted', 'uses >= 0')""",
    "op.execute('DROP VIEW rich')",
    """with op.batch_alter_table('orders') as batch_op:
        batch_op.drop_column('note')""",
    "op.drop_index('ix_tags_word', table_name='labels')",
    """op.create_table('links', sa.Column('a', sa.Integer, primary_key=True),
           sa.Column('b', sa.Integer, primary_key=True))
op.execute('INSERT INTO links SELECT id, id + 1 FROM people')""",
    "op.execute('DELETE FROM links WHERE a > 4')",
    """with op.batch_alter_table('people') as batch_op:
        batch_op.drop_constraint('age_is_positive', type_='check')
        batch_op.add_column(sa.Column('city', sa.Text, server_default='x'))""",
    "op.execute('UPDATE people SET age = age * 2')",
    "op.create_index('ix_people_city', 'people', ['city', 'age'])",
)
SQLITE: tuple[str, ...] = (
    """op.execute("CREATE TRIGGER touched AFTER UPDATE ON people BEGIN "
           "UPDATE orders SET cents = cents + 1 WHERE person_id = new.id; END")""",
    "op.execute('UPDATE people SET age = age + 1')",
    """with op.batch_alter_table('people') as batch_op:
        batch_op.alter_column('age', type_=sa.BigInteger(), existing_type=sa.Integer())""",
    BLOCK + "op.execute('VACUUM')",
)
POSTGRES: tuple[str, ...] = (
    BLOCK + "op.execute('CREATE INDEX CONCURRENTLY ix_cents ON orders (cents)')",
    """op.execute('UPDATE orders SET cents = cents + 1')
with op.get_context().autocommit_block():
    op.execute('CREATE INDEX CONCURRENTLY ix_word ON labels (word)')
    op.execute('UPDATE labels SET uses = uses + 10')
op.execute('UPDATE labels SET uses = uses * 2')""",
    """op.execute("CREATE TYPE mood AS ENUM ('sad')")
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE 'happy'")
op.add_column('people', sa.Column('mood', sa.Enum('sad', 'happy', name='mood')))""",
    """bind = op.get_bind()
with op.get_context().autocommit_block():
    while bind.execute(sa.text("UPDATE people SET mood = 'happy' WHERE id IN "
            "(SELECT id FROM people WHERE mood IS NULL ORDER BY id LIMIT 3)")).rowcount:
        pass""",
    BLOCK + "op.execute('DROP INDEX CONCURRENTLY ix_cents')",
)


def add_corpus(project: Project) -> int:
    """Write the history for the project's database, and return how long it is."""
    own = SQLITE if project.url.startswith("sqlite") else POSTGRES
    for number, body in enumerate((*BOTH, *own)):
        project.add(f"r{number:03}", body)
    return len(BOTH) + len(own)
