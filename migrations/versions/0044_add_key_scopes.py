"""Add api_keys.scopes, so that a key may do less than its owner.

Safe while the old code runs: the column is null. The old code lets a narrow key do all that its
owner may; none is narrow before the new code issues one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    column = sa.Column(
        "scopes",
        sa.String(255),
        nullable=True,
        comment="What it may be used for, separated by spaces; null for all its owner may.",
    )
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.drop_column("scopes")
