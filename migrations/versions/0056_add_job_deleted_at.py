"""Add jobs.deleted_at, so that a job can be taken out of sight and what it cost still counts.

Safe while the old code runs: the column is null for its rows. The old code still shows a job that
the new code deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    column = sa.Column(
        "deleted_at",
        sa.DateTime(timezone=True),
        nullable=True,
        comment="When it was taken out of sight, in UTC; its costs still count.",
    )
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_column("deleted_at")
