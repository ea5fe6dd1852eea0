"""Create batch_caps, so that a batch can have a limit of its own.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "batch_caps",
        sa.Column(
            "batch_id",
            sa.String(36),
            nullable=False,
            comment="The batch; an id, as batches may go.",
        ),
        sa.Column("limit_usd", sa.Float(), nullable=False, comment="In US dollars."),
        sa.PrimaryKeyConstraint("batch_id", name="pk_batch_caps"),
        sa.CheckConstraint("limit_usd >= 0", name=op.f("ck_batch_caps_limit_positive")),
        comment="How much single batches may spend.",
    )


def downgrade() -> None:
    op.drop_table("batch_caps")
