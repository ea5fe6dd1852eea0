"""Create quotas, so that what people may use up is kept.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Whose it is."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts the changes, so that none is overwritten.",
        ),
        sa.Column(
            "jobs_per_month",
            sa.Integer(),
            nullable=False,
            comment="How many jobs may be ordered in a month.",
        ),
        sa.Column(
            "tokens_per_month",
            sa.BigInteger(),
            nullable=False,
            comment="How many tokens may be spent in a month.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quotas"),
        sa.UniqueConstraint("owner_id", name="uq_quotas_owner_id"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_quotas_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "jobs_per_month >= 0 AND tokens_per_month >= 0", name=op.f("ck_quotas_limits_positive")
        ),
        comment="What people may use up in a month, where it isn't the default.",
    )


def downgrade() -> None:
    op.drop_table("quotas")
