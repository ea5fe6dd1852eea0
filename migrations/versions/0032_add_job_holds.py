"""Add what lets jobs wait for their batch, so that a batch begins when and as fast as was chosen.

Safe while the old code runs: every column is null or has a default. A worker of the old code may
take a held job early; none is held before the new code makes a batch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
dbops_class = "expand"


def _added() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "batch_row",
            sa.Integer(),
            nullable=True,
            comment="The row of the file it was ordered by; null outside batches.",
        ),
        sa.Column(
            "is_held",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Whether it waits for its batch to let it go before it waits for a worker.",
        ),
        sa.Column(
            "released_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its batch last let it go, in UTC.",
        ),
        sa.Column(
            "automatic_retries",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How often its batch sent it on its way again by itself.",
        ),
    )


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        for column in _added():
            batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
