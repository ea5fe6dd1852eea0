"""Create job_events, so that everybody can see what happened to a job.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_events",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it happened to."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column(
            "actor",
            sa.String(320),
            nullable=False,
            comment="The person's e-mail at that time, or the worker.",
        ),
        sa.Column("type", sa.String(32), nullable=False, comment="What happened."),
        sa.Column(
            "from_status",
            sa.String(32),
            nullable=True,
            comment="The job's status before; null at the start.",
        ),
        sa.Column("to_status", sa.String(32), nullable=False, comment="The job's status after."),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="What else matters; never a text or a secret.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job_events"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_events_job_id_jobs", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "from_status IN"
            " ('pending', 'processing', 'delivered', 'blocked', 'aborted', 'canceled')",
            name=op.f("ck_job_events_from_status"),
        ),
        sa.CheckConstraint(
            "to_status IN ('pending', 'processing', 'delivered', 'blocked', 'aborted', 'canceled')",
            name=op.f("ck_job_events_to_status"),
        ),
        sa.CheckConstraint(
            "type IN ('created', 'claimed', 'step_started', 'step_finished', 'step_failed',"
            " 'handed_back', 'lease_expired', 'delivered', 'blocked',"
            " 'aborted', 'canceled', 'retried')",
            name=op.f("ck_job_events_type"),
        ),
        comment="What happened to jobs; rows are only ever added.",
    )
    op.create_index("ix_job_events_job_id_at", "job_events", ["job_id", "at"])


def downgrade() -> None:
    op.drop_table("job_events")
