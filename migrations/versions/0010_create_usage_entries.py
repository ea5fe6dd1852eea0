"""Create usage_entries, so that what jobs used up is kept.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_entries",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column(
            "owner_id", sa.String(36), nullable=False, comment="Whose quota it counts against."
        ),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job that used it."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("provider", sa.String(64), nullable=True, comment="Who was paid, if known."),
        sa.Column("model", sa.String(120), nullable=True, comment="Which model, if known."),
        sa.Column(
            "strategy",
            sa.String(32),
            nullable=True,
            comment="In how many calls it was written, if known.",
        ),
        sa.Column(
            "input_tokens",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens sent; null when unknown.",
        ),
        sa.Column(
            "output_tokens",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens received; null when unknown.",
        ),
        sa.Column(
            "cost_usd", sa.Float(), nullable=True, comment="What it cost; null when unknown."
        ),
        sa.Column(
            "cost_source", sa.String(32), nullable=False, comment="Whether the cost was measured."
        ),
        sa.Column(
            "seconds", sa.Float(), nullable=True, comment="How long it took; null when unknown."
        ),
        sa.Column(
            "is_delivered",
            sa.Boolean(),
            nullable=True,
            comment="Whether a text came of it; null when unknown.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_usage_entries"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_usage_entries_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "cost_source IN ('measured', 'estimate')", name=op.f("ck_usage_entries_cost_source")
        ),
        comment="What jobs used up; rows are only ever added.",
    )
    op.create_index("ix_usage_entries_job_id", "usage_entries", ["job_id"])
    op.create_index("ix_usage_entries_owner_id_at", "usage_entries", ["owner_id", "at"])


def downgrade() -> None:
    op.drop_table("usage_entries")
