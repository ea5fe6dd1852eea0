"""Create batches and review_items, so that many jobs can be reviewed together.

Safe while the old code runs: it knows nothing of these tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
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
        sa.Column(
            "config",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="How its jobs are to be run, and its cost cap.",
        ),
        sa.Column(
            "estimated_cost_usd",
            sa.Float(),
            nullable=True,
            comment="What it was expected to cost; null when unknown.",
        ),
        sa.Column(
            "actual_cost_usd", sa.Float(), nullable=True, comment="What it cost; null when unknown."
        ),
        sa.Column(
            "cost_source",
            sa.String(32),
            nullable=True,
            comment="Whether the actual cost was measured.",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its first job began, in UTC.",
        ),
        sa.Column(
            "completed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its last job ended, in UTC.",
        ),
        sa.Column(
            "review_started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its first job was decided, in UTC.",
        ),
        sa.Column(
            "review_completed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its last job was decided, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_batches_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "cost_source IN ('measured', 'estimate')", name=op.f("ck_batches_cost_source")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'pending', 'processing', 'ready_for_review', 'in_review', "
            "'completed', 'failed', 'paused', 'canceled')",
            name=op.f("ck_batches_status"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_batches_version_positive")),
        comment="Jobs that are ordered, run and reviewed together.",
    )
    op.create_index(
        "ix_batches_owner_id_created_at_id", "batches", ["owner_id", "created_at", "id"]
    )
    op.create_index(
        "ix_batches_owner_id_status_created_at", "batches", ["owner_id", "status", "created_at"]
    )
    op.create_table(
        "review_items",
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
        sa.Column("batch_id", sa.String(36), nullable=False, comment="The batch it belongs to."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it is about."),
        sa.Column("decision", sa.String(32), nullable=False, comment="What was decided."),
        sa.Column("notes", sa.Text(), nullable=True, comment="The reviewer's reason."),
        sa.Column("reviewer_id", sa.String(36), nullable=True, comment="Who decided."),
        sa.Column(
            "reviewed_at", sa.DateTime(timezone=True), nullable=True, comment="When, in UTC."
        ),
        sa.Column(
            "qc_status",
            sa.String(32),
            nullable=True,
            comment="What the checks said; null when unmeasured.",
        ),
        sa.Column(
            "qc_score", sa.Float(), nullable=True, comment="From 0 to 100; null when unmeasured."
        ),
        sa.Column(
            "issue_count", sa.Integer(), nullable=True, comment="Findings; null when unmeasured."
        ),
        sa.Column(
            "regeneration_count",
            sa.Integer(),
            nullable=False,
            comment="How often the job was sent back to be written anew.",
        ),
        sa.Column(
            "original_job_id",
            sa.String(36),
            nullable=True,
            comment="The job that this one replaces; an id, as jobs may go.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_items"),
        sa.UniqueConstraint("batch_id", "job_id", name="uq_review_items_batch_id_job_id"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batches.id"],
            name="fk_review_items_batch_id_batches",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_review_items_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_review_items_owner_id_users", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["users.id"],
            name="fk_review_items_reviewer_id_users",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint(
            "regeneration_count >= 0 AND version >= 1", name=op.f("ck_review_items_counts_positive")
        ),
        sa.CheckConstraint(
            "decision IN ('pending', 'approved', 'rejected', 'needs_regeneration', 'regenerating')",
            name=op.f("ck_review_items_decision"),
        ),
        sa.CheckConstraint(
            "qc_status IN ('pass', 'warning', 'needs_signoff', 'blocked')",
            name=op.f("ck_review_items_qc_status"),
        ),
        comment="Jobs inside the reviews of batches, and what was decided.",
    )
    op.create_index("ix_review_items_batch_id_decision", "review_items", ["batch_id", "decision"])
    op.create_index("ix_review_items_job_id", "review_items", ["job_id"])
    op.create_index("ix_review_items_owner_id", "review_items", ["owner_id"])
    op.create_index("ix_review_items_reviewer_id", "review_items", ["reviewer_id"])


def downgrade() -> None:
    op.drop_table("review_items")
    op.drop_table("batches")
