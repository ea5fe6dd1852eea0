"""Create backlink_events, so that everybody can see what happened to a deal.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
dbops_class = "expand"


PLACEMENTS = "('agreed', 'drafted', 'sent', 'published', 'lost', 'removed', 'expired')"


def upgrade() -> None:
    op.create_table(
        "backlink_events",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("backlink_id", sa.String(36), nullable=False, comment="The link it happened to."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column(
            "actor",
            sa.String(320),
            nullable=False,
            comment="The person's e-mail at that time, or the part of the system.",
        ),
        sa.Column("type", sa.String(32), nullable=False, comment="What happened."),
        sa.Column(
            "from_placement",
            sa.String(32),
            nullable=True,
            comment="Where it was before; null at the start.",
        ),
        sa.Column(
            "to_placement", sa.String(32), nullable=False, comment="Where it was afterwards."
        ),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="What changed: each field's value before and after.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_backlink_events"),
        sa.ForeignKeyConstraint(
            ["backlink_id"],
            ["backlinks.id"],
            name="fk_backlink_events_backlink_id_backlinks",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            f"from_placement IN {PLACEMENTS}", name=op.f("ck_backlink_events_from_placement")
        ),
        sa.CheckConstraint(
            f"to_placement IN {PLACEMENTS}", name=op.f("ck_backlink_events_to_placement")
        ),
        sa.CheckConstraint(
            "type IN ('created', 'imported', 'changed', 'moved')",
            name=op.f("ck_backlink_events_type"),
        ),
        comment="What happened to agreed links; rows are only ever added.",
    )
    op.create_index("ix_backlink_events_backlink_id_at", "backlink_events", ["backlink_id", "at"])


def downgrade() -> None:
    op.drop_table("backlink_events")
