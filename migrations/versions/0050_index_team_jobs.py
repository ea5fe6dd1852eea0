"""Index jobs by when they were made, so that a team's list is as quick as a person's.

Safe while the old code runs: PostgreSQL builds the index while others write.
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
dbops_class = "expand"

NAME = "ix_jobs_created_at_id_owner_id_status"
COLUMNS = ["created_at", "id", "owner_id", "status"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()
        op.create_index(NAME, "jobs", COLUMNS, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()


def _drop() -> None:
    op.drop_index(NAME, "jobs", if_exists=True, postgresql_concurrently=True)
