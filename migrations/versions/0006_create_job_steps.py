"""Create job_steps, so that a finished step is never run again.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_steps",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it belongs to."),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="Its place in the order of steps, from 0.",
        ),
        sa.Column("name", sa.String(32), nullable=False, comment="The step's name."),
        sa.Column("status", sa.String(32), nullable=False, comment="Where it is."),
        sa.Column("attempt", sa.Integer(), nullable=False, comment="How often it was begun."),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last begun, in UTC.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended, in UTC.",
        ),
        sa.Column(
            "input_hash",
            sa.String(64),
            nullable=True,
            comment="SHA-256 of the order and the outputs it started from.",
        ),
        sa.Column(
            "output",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
            comment="What it found out.",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why it failed, in words."),
        sa.PrimaryKeyConstraint("id", name="pk_job_steps"),
        sa.UniqueConstraint("job_id", "name", name="uq_job_steps_job_id_name"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_steps_job_id_jobs", ondelete="CASCADE"
        ),
        sa.CheckConstraint("attempt >= 0", name=op.f("ck_job_steps_attempt_positive")),
        sa.CheckConstraint(
            "(status = 'done') = (output IS NOT NULL)", name=op.f("ck_job_steps_done_has_output")
        ),
        sa.CheckConstraint(
            "(status = 'failed') = (error IS NOT NULL)", name=op.f("ck_job_steps_failed_has_error")
        ),
        sa.CheckConstraint(
            "(status IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_job_steps_finished_iff_ended"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_steps_status")
        ),
        comment="The steps of jobs; a finished one is never run again.",
    )


def downgrade() -> None:
    op.drop_table("job_steps")
