"""Create usage_counters, so that quotas are kept by whoever orders first.

Safe while the old code runs: it knows nothing of the table. What was ordered before in the month of
the upgrade counts for nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "usage_counters",
        sa.Column(
            "owner_id", sa.String(36), nullable=False, comment="Whose quota it counts against."
        ),
        sa.Column(
            "period", sa.String(7), nullable=False, comment="The month in UTC, such as 2026-11."
        ),
        sa.Column("jobs", sa.Integer(), nullable=False, comment="How many jobs were ordered."),
        sa.Column("tokens", sa.BigInteger(), nullable=False, comment="How many tokens were spent."),
        sa.PrimaryKeyConstraint("owner_id", "period", name="pk_usage_counters"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_usage_counters_owner_id_users", ondelete="CASCADE"
        ),
        sa.CheckConstraint("jobs >= 0 AND tokens >= 0", name=op.f("ck_usage_counters_positive")),
        comment="What people have used of their quotas, month by month.",
    )


def downgrade() -> None:
    op.drop_table("usage_counters")
