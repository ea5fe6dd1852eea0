"""Create users, so that somebody can sign in.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("email", sa.String(320), nullable=False, comment="The address as it was given."),
        sa.Column(
            "email_normalized",
            sa.String(320),
            nullable=False,
            comment="The address in lower case: one account for each.",
        ),
        sa.Column(
            "name",
            sa.String(120),
            nullable=False,
            comment="How the person is shown.",
        ),
        sa.Column(
            "role", sa.String(32), nullable=False, comment="What the person is trusted with."
        ),
        sa.Column(
            "status", sa.String(32), nullable=False, comment="Whether the person may sign in."
        ),
        sa.Column(
            "password_hash",
            sa.String(255),
            nullable=True,
            comment="Argon2id; null until a password is set.",
        ),
        sa.Column(
            "failed_sign_ins",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="Wrong passwords in a row.",
        ),
        sa.Column(
            "locked_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="No sign-in before this moment, after too many wrong passwords.",
        ),
        sa.Column(
            "last_sign_in_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The last sign-in, in UTC.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the account was made, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_normalized", name="uq_users_email_normalized"),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("status IN ('active', 'suspended')", name=op.f("ck_users_status")),
        sa.CheckConstraint("failed_sign_ins >= 0", name=op.f("ck_users_failed_sign_ins_positive")),
        comment="People, and what they are trusted with.",
    )


def downgrade() -> None:
    op.drop_table("users")
