"""Create password_links, so that people without a password can set one.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_links",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("user_id", sa.String(36), nullable=False, comment="Whose password it sets."),
        sa.Column(
            "token_hash",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of the secret in the address, in hex.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made, in UTC.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Not valid from this moment on.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_password_links"),
        sa.UniqueConstraint("token_hash", name="uq_password_links_token_hash"),
        sa.UniqueConstraint("user_id", name="uq_password_links_user_id"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_password_links_user_id_users", ondelete="CASCADE"
        ),
        comment="Secret addresses at which people set a password, once.",
    )


def downgrade() -> None:
    op.drop_table("password_links")
