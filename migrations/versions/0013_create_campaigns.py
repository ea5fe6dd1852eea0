"""Create campaigns, templates and schedules, so that work can be planned.

Safe while the old code runs: it knows nothing of these tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
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
        sa.Column("name", sa.String(255), nullable=False, comment="What the owner calls it."),
        sa.Column("description", sa.Text(), nullable=True, comment="What it is for."),
        sa.Column("status", sa.String(32), nullable=False, comment="Where it is."),
        sa.Column("color", sa.String(32), nullable=True, comment="How lists show it."),
        sa.Column(
            "tags",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The owner's tags.",
        ),
        sa.Column(
            "target_job_count", sa.Integer(), nullable=True, comment="How many articles it aims at."
        ),
        sa.Column("target_budget_usd", sa.Float(), nullable=True, comment="What it may cost."),
        sa.Column(
            "starts_at", sa.DateTime(timezone=True), nullable=True, comment="Its start, in UTC."
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True, comment="Its end, in UTC."),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_campaigns_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "status IN ('active', 'paused', 'completed', 'archived')",
            name=op.f("ck_campaigns_status"),
        ),
        comment="Work for one client or topic.",
    )
    op.create_index("ix_campaigns_owner_id_created_at", "campaigns", ["owner_id", "created_at"])
    op.create_table(
        "templates",
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
            "campaign_id", sa.String(36), nullable=True, comment="What its orders count for."
        ),
        sa.Column("name", sa.String(255), nullable=False, comment="What the owner calls it."),
        sa.Column("description", sa.Text(), nullable=True, comment="What it is for."),
        sa.Column("publisher_domain", sa.String(255), nullable=True, comment="Preset site."),
        sa.Column("llm_provider", sa.String(32), nullable=True, comment="Preset writer."),
        sa.Column(
            "writing_strategy", sa.String(32), nullable=True, comment="Preset number of calls."
        ),
        sa.Column("country", sa.String(2), nullable=True, comment="Preset market."),
        sa.Column("use_ahrefs", sa.Boolean(), nullable=True, comment="Preset use of link data."),
        sa.Column(
            "enable_llm_profiling",
            sa.Boolean(),
            nullable=True,
            comment="Preset help with profiles.",
        ),
        sa.Column("is_favorite", sa.Boolean(), nullable=False, comment="Shown first."),
        sa.Column(
            "tags",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The owner's tags.",
        ),
        sa.Column("use_count", sa.Integer(), nullable=False, comment="How often it was used."),
        sa.Column(
            "last_used_at", sa.DateTime(timezone=True), nullable=True, comment="When, in UTC."
        ),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name="fk_templates_campaign_id_campaigns",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_templates_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "llm_provider IN ('auto', 'anthropic', 'openai', 'google')",
            name=op.f("ck_templates_llm_provider"),
        ),
        sa.CheckConstraint("use_count >= 0", name=op.f("ck_templates_use_count_positive")),
        sa.CheckConstraint(
            "writing_strategy IN ('multi_stage', 'single_shot')",
            name=op.f("ck_templates_writing_strategy"),
        ),
        comment="Orders to start from.",
    )
    op.create_index("ix_templates_campaign_id", "templates", ["campaign_id"])
    op.create_index("ix_templates_owner_id_created_at", "templates", ["owner_id", "created_at"])
    op.create_table(
        "schedules",
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
            "campaign_id", sa.String(36), nullable=True, comment="What its orders count for."
        ),
        sa.Column(
            "template_id", sa.String(36), nullable=True, comment="What its orders start from."
        ),
        sa.Column("name", sa.String(255), nullable=False, comment="What the owner calls it."),
        sa.Column("description", sa.Text(), nullable=True, comment="What it is for."),
        sa.Column("type", sa.String(32), nullable=False, comment="How often it orders."),
        sa.Column("pattern", sa.String(255), nullable=True, comment="On which day or weekday."),
        sa.Column("timezone", sa.String(64), nullable=False, comment="Whose midnight counts."),
        sa.Column("status", sa.String(32), nullable=False, comment="Whether it orders."),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The first time, in UTC.",
        ),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=True, comment="No order after this."
        ),
        sa.Column("max_runs", sa.Integer(), nullable=True, comment="How often it orders at most."),
        sa.Column(
            "order",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="What it orders.",
        ),
        sa.Column(
            "next_run_at", sa.DateTime(timezone=True), nullable=True, comment="When, in UTC."
        ),
        sa.Column(
            "last_run_at", sa.DateTime(timezone=True), nullable=True, comment="When, in UTC."
        ),
        sa.Column(
            "last_job_id",
            sa.String(36),
            nullable=True,
            comment="The last order; an id, as jobs may go.",
        ),
        sa.Column("run_count", sa.Integer(), nullable=False, comment="How often it ordered."),
        sa.Column("error_count", sa.Integer(), nullable=False, comment="Failures in a row."),
        sa.Column("last_error", sa.Text(), nullable=True, comment="The last failure, in words."),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name="fk_schedules_campaign_id_campaigns",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_schedules_owner_id_users", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name="fk_schedules_template_id_templates",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint(
            "run_count >= 0 AND error_count >= 0", name=op.f("ck_schedules_counts_positive")
        ),
        sa.CheckConstraint(
            "status IN ('active', 'paused', 'completed', 'expired', 'error')",
            name=op.f("ck_schedules_status"),
        ),
        sa.CheckConstraint(
            "type IN ('once', 'daily', 'weekly', 'monthly')", name=op.f("ck_schedules_type")
        ),
        comment="Orders that place themselves.",
    )
    op.create_index("ix_schedules_campaign_id", "schedules", ["campaign_id"])
    op.create_index("ix_schedules_owner_id_created_at", "schedules", ["owner_id", "created_at"])
    op.create_index("ix_schedules_status_next_run_at", "schedules", ["status", "next_run_at"])
    op.create_index("ix_schedules_template_id", "schedules", ["template_id"])


def downgrade() -> None:
    op.drop_table("schedules")
    op.drop_table("templates")
    op.drop_table("campaigns")
