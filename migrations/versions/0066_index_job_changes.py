"""Index what tells that jobs of a day have changed, so that figures needn't read the jobs.

Safe while the old code runs: PostgreSQL builds the index while others write.
"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None
dbops_class = "expand"

NAME = "ix_jobs_owner_id_created_at_updated_at_version"
COLUMNS = ["owner_id", "created_at", "updated_at", "version"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()
        op.create_index(NAME, "jobs", COLUMNS, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()


def _drop() -> None:
    op.drop_index(NAME, "jobs", if_exists=True, postgresql_concurrently=True)
