"""Create notification_preferences, so that what people want to be told is kept.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Who is told."),
        sa.Column(
            "event",
            sa.String(64),
            nullable=False,
            comment="What it is about, as resource.verb; * for everything.",
        ),
        sa.Column("channel", sa.String(32), nullable=False, comment="How."),
        sa.Column(
            "address",
            sa.String(2048),
            nullable=False,
            comment="The e-mail address or the URL it goes to.",
        ),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="Whether it is wanted."),
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
        sa.PrimaryKeyConstraint("id", name="pk_notification_preferences"),
        sa.UniqueConstraint(
            "owner_id",
            "event",
            "channel",
            name="uq_notification_preferences_owner_id_event_channel",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name="fk_notification_preferences_owner_id_users",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'webhook')", name=op.f("ck_notification_preferences_channel")
        ),
        comment="What people want to be told, and how.",
    )


def downgrade() -> None:
    op.drop_table("notification_preferences")
