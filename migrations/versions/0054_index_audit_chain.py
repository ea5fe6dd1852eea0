"""Index audit_events by place in the chain and by person, so that neither reads the whole table.

Safe while the old code runs: PostgreSQL builds the indexes while others write.
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
dbops_class = "expand"


PLACE = "ix_audit_events_sequence"
PERSON = "ix_audit_events_actor_id_at"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop(PLACE)
        op.create_index(PLACE, "audit_events", ["sequence"], postgresql_concurrently=True)
        _drop(PERSON)
        op.create_index(PERSON, "audit_events", ["actor_id", "at"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _drop(PERSON)
        _drop(PLACE)


def _drop(name: str) -> None:
    op.drop_index(name, "audit_events", if_exists=True, postgresql_concurrently=True)
