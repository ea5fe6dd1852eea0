"""Add link_watches.paused_at, so that a link can be left alone for a while.

Safe while the old code runs: the column is null for its rows. The old code looks at a link that
the new code paused.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    column = sa.Column(
        "paused_at",
        sa.DateTime(timezone=True),
        nullable=True,
        comment="When somebody paused it, in UTC; null while it is looked at.",
    )
    with op.batch_alter_table("link_watches") as batch_op:
        batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("link_watches") as batch_op:
        batch_op.drop_column("paused_at")
