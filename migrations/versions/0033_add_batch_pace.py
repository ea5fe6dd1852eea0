"""Add to batches when they begin and how fast they go, so that they run by themselves at night.

Safe while the old code runs: every column is null or has a default, and it knows nothing of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
dbops_class = "expand"


def _added() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "parallel",
            sa.Integer(),
            server_default="3",
            nullable=False,
            comment="How many of its jobs may be under way at a time.",
        ),
        sa.Column(
            "starts_per_minute",
            sa.Integer(),
            server_default="10",
            nullable=False,
            comment="How many of its jobs may begin within a minute.",
        ),
        sa.Column(
            "start_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Not before this moment, in UTC; null for at once.",
        ),
        sa.Column(
            "time_zone",
            sa.String(64),
            nullable=True,
            comment="The zone in which its start was chosen.",
        ),
        sa.Column(
            "halt_reason",
            sa.String(64),
            nullable=True,
            comment="Why it paused by itself, as a code; null when a person did it.",
        ),
    )


def upgrade() -> None:
    for column in _added():
        op.add_column("batches", column)


def downgrade() -> None:
    with op.batch_alter_table("batches") as batch_op:
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
