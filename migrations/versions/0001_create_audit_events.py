"""Create audit_events, so that every write can be told afterwards.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column(
            "actor_id",
            sa.String(36),
            nullable=True,
            comment="Who did it; null for the system itself.",
        ),
        sa.Column(
            "actor_label",
            sa.String(320),
            nullable=False,
            comment="The actor's e-mail at that time, or the part of the system.",
        ),
        sa.Column(
            "action",
            sa.String(64),
            nullable=False,
            comment="What was done, as resource.verb: job.create.",
        ),
        sa.Column(
            "resource_type", sa.String(64), nullable=False, comment="The table of the thing."
        ),
        sa.Column("resource_id", sa.String(36), nullable=False, comment="The thing's id."),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="What else matters; never a secret or a text.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
        comment="Who did what, and when; rows are only ever added.",
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index(
        "ix_audit_events_resource_type_resource_id",
        "audit_events",
        ["resource_type", "resource_id"],
    )


def downgrade() -> None:
    op.drop_table("audit_events")
