"""Create api_keys, so that programs can sign in.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Whose rights the key has."),
        sa.Column("name", sa.String(120), nullable=False, comment="What the key is for."),
        sa.Column(
            "prefix",
            sa.String(12),
            nullable=False,
            comment="The key's public part, by which it is found.",
        ),
        sa.Column(
            "last_four",
            sa.String(4),
            nullable=False,
            comment="The key's last characters, to tell keys apart.",
        ),
        sa.Column(
            "key_hash", sa.String(64), nullable=False, comment="SHA-256 of the whole key, in hex."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was issued, in UTC.",
        ),
        sa.Column(
            "last_used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The last use, to five minutes, in UTC.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Not valid from this moment on; null for no end.",
        ),
        sa.Column(
            "revoked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was revoked, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("prefix", name="uq_api_keys_prefix"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_api_keys_owner_id_users", ondelete="CASCADE"
        ),
        comment="Keys for programs; the key itself is shown once and not kept.",
    )
    op.create_index("ix_api_keys_owner_id", "api_keys", ["owner_id"])


def downgrade() -> None:
    op.drop_table("api_keys")
