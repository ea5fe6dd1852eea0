"""Index jobs.batch_id, so that the articles of one batch are found together.

Safe while the old code runs: PostgreSQL builds the index while others write.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()
        op.create_index("ix_jobs_batch_id", "jobs", ["batch_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()


def _drop() -> None:
    op.drop_index("ix_jobs_batch_id", "jobs", if_exists=True, postgresql_concurrently=True)
