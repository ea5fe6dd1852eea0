"""Create jobs, so that orders can be taken.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Who ordered it."),
        sa.Column(
            "publisher_domain",
            sa.String(255),
            nullable=False,
            comment="The site that is to carry the article; lower case, A-label.",
        ),
        sa.Column("target_url", sa.String(2048), nullable=False, comment="The page to link to."),
        sa.Column("anchor_text", sa.String(500), nullable=False, comment="The clickable text."),
        sa.Column(
            "anchor_type",
            sa.String(32),
            nullable=True,
            comment="The orderer's own word on the anchor; null leaves it to the engine.",
        ),
        sa.Column(
            "language",
            sa.String(8),
            nullable=True,
            comment="The article's language; null follows the publisher.",
        ),
        sa.Column("country", sa.String(2), nullable=False, comment="The market, two letters."),
        sa.Column("llm_provider", sa.String(32), nullable=False, comment="Who is to write."),
        sa.Column(
            "writing_strategy", sa.String(32), nullable=False, comment="In how many calls to write."
        ),
        sa.Column(
            "use_ahrefs",
            sa.Boolean(),
            nullable=False,
            comment="Whether link data may be asked for.",
        ),
        sa.Column(
            "enable_llm_profiling",
            sa.Boolean(),
            nullable=False,
            comment="Whether a language model may help with the profiles.",
        ),
        sa.Column(
            "is_demo",
            sa.Boolean(),
            nullable=False,
            comment="Runs on stored sample pages; its documents are watermarked.",
        ),
        sa.Column("status", sa.String(32), nullable=False, comment="Where it is."),
        sa.Column(
            "stage",
            sa.String(32),
            nullable=False,
            comment="The step that runs or comes next; done at the end.",
        ),
        sa.Column(
            "block_reason",
            sa.String(64),
            nullable=True,
            comment="Why it is blocked, as a code: TARGET_HTTP.",
        ),
        sa.Column(
            "error_code", sa.String(64), nullable=True, comment="Why it was aborted, as a code."
        ),
        sa.Column(
            "error_message", sa.Text(), nullable=True, comment="Why it was aborted, in words."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was ordered, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a worker first took it, in UTC.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended, in UTC; null while it has not.",
        ),
        sa.Column("lease_owner", sa.String(120), nullable=True, comment="The worker that runs it."),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From this moment on another worker may take it.",
        ),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=False,
            comment="How often it was taken; tells a worker from its own past.",
        ),
        sa.Column(
            "times_lost",
            sa.Integer(),
            nullable=False,
            comment="How often its worker fell silent since a step last finished.",
        ),
        sa.Column(
            "idempotency_key",
            sa.String(255),
            nullable=True,
            comment="The caller's name for this order, if any.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts the changes that its owner can see.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("owner_id", "idempotency_key", name="uq_jobs_owner_id_idempotency_key"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_jobs_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "(status = 'aborted') = (error_code IS NOT NULL)", name=op.f("ck_jobs_aborted_why")
        ),
        sa.CheckConstraint(
            "anchor_type IN ('exact', 'partial', 'brand', 'generic', 'naked')",
            name=op.f("ck_jobs_anchor_type"),
        ),
        sa.CheckConstraint(
            "(status = 'blocked') = (block_reason IS NOT NULL)", name=op.f("ck_jobs_blocked_why")
        ),
        sa.CheckConstraint(
            "attempt >= 0 AND times_lost >= 0 AND version >= 1",
            name=op.f("ck_jobs_counts_positive"),
        ),
        sa.CheckConstraint(
            "(error_code IS NULL) = (error_message IS NULL)", name=op.f("ck_jobs_error_whole")
        ),
        sa.CheckConstraint(
            "(status IN ('pending', 'processing')) = (finished_at IS NULL)",
            name=op.f("ck_jobs_finished_iff_ended"),
        ),
        sa.CheckConstraint(
            "(status = 'processing') = (lease_owner IS NOT NULL)",
            name=op.f("ck_jobs_lease_iff_processing"),
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_jobs_lease_whole")
        ),
        sa.CheckConstraint(
            "llm_provider IN ('auto', 'anthropic', 'openai', 'google')",
            name=op.f("ck_jobs_llm_provider"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'delivered', 'blocked', 'aborted', 'canceled')",
            name=op.f("ck_jobs_status"),
        ),
        sa.CheckConstraint(
            "writing_strategy IN ('multi_stage', 'single_shot')",
            name=op.f("ck_jobs_writing_strategy"),
        ),
        comment="Orders for articles, and how far they have come.",
    )
    op.create_index("ix_jobs_owner_id_created_at_id", "jobs", ["owner_id", "created_at", "id"])
    op.create_index(
        "ix_jobs_owner_id_status_created_at_id", "jobs", ["owner_id", "status", "created_at", "id"]
    )
    op.create_index("ix_jobs_status_lease_until", "jobs", ["status", "lease_until"])


def downgrade() -> None:
    op.drop_table("jobs")
