"""Add to login sessions where they are, so that people know their own.

Safe while the old code runs: every column is null, and it knows nothing of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
dbops_class = "expand"


def _added() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "browser", sa.String(255), nullable=True, comment="What the browser calls itself."
        ),
        sa.Column(
            "address", sa.String(64), nullable=True, comment="The network address it came from."
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The last request, to five minutes, in UTC.",
        ),
    )


def upgrade() -> None:
    with op.batch_alter_table("login_sessions") as batch_op:
        for column in _added():
            batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("login_sessions") as batch_op:
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
