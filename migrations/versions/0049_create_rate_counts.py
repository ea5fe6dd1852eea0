"""Create rate_counts, so that every process counts the same requests.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "rate_counts",
        sa.Column("bucket", sa.String(32), nullable=False, comment="The kind of request."),
        sa.Column(
            "subject", sa.String(80), nullable=False, comment="The key, the person or the address."
        ),
        sa.Column(
            "window_start",
            sa.BigInteger(),
            nullable=False,
            comment="When the window began, in seconds since 1970.",
        ),
        sa.Column("requests", sa.Integer(), nullable=False, comment="How many came within it."),
        sa.PrimaryKeyConstraint("bucket", "subject", name="pk_rate_counts"),
        sa.CheckConstraint("requests >= 0", name=op.f("ck_rate_counts_positive")),
        comment="How many requests of a kind came from whom, in the window that is open.",
    )
    op.create_index("ix_rate_counts_window_start", "rate_counts", ["window_start"])


def downgrade() -> None:
    op.drop_table("rate_counts")
