"""Create model_calls and spending_caps, so that no call is paid twice and none beyond a limit.

Safe while the old code runs: it knows nothing of these tables.
The caps come along because every call is held against them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it was made for."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Whose order it was."),
        sa.Column(
            "round_number", sa.Integer(), nullable=False, comment="The round of writing, from 1."
        ),
        sa.Column("purpose", sa.String(32), nullable=False, comment="What the call was for."),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=False,
            comment="Counts the calls for this purpose, from 1.",
        ),
        sa.Column("status", sa.String(32), nullable=False, comment="Where it is."),
        sa.Column("provider", sa.String(64), nullable=False, comment="Who was asked."),
        sa.Column("model", sa.String(120), nullable=False, comment="Which model was asked for."),
        sa.Column(
            "prompt_version",
            sa.String(64),
            nullable=False,
            comment="The text of the prompt file that was used.",
        ),
        sa.Column(
            "prompt_sha256", sa.String(64), nullable=False, comment="Of what was sent, in hex."
        ),
        sa.Column("answer", sa.Text(), nullable=True, comment="What came back."),
        sa.Column(
            "answered_by",
            sa.String(120),
            nullable=True,
            comment="The model that answered, as the provider names it.",
        ),
        sa.Column("ending", sa.String(32), nullable=True, comment="Why the model stopped."),
        sa.Column(
            "input_tokens",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens sent, as reported; null when unknown.",
        ),
        sa.Column(
            "output_tokens",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens received, as reported; null when unknown.",
        ),
        sa.Column(
            "cost_usd", sa.Float(), nullable=True, comment="By the price table; null when unknown."
        ),
        sa.Column(
            "cost_source", sa.String(32), nullable=True, comment="Whether the tokens were reported."
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why it failed, in words."),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was sent, in UTC.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended, in UTC; null while it has not.",
        ),
        sa.Column("seconds", sa.Float(), nullable=True, comment="How long it took."),
        sa.PrimaryKeyConstraint("id", name="pk_model_calls"),
        sa.UniqueConstraint(
            "job_id",
            "round_number",
            "purpose",
            "attempt",
            name="uq_model_calls_job_id_round_number_purpose_attempt",
        ),
        sa.CheckConstraint(
            "purpose IN ('outline', 'content', 'polish', 'single', 'fix', 'probe')",
            name=op.f("ck_model_calls_purpose"),
        ),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'failed', 'lost')", name=op.f("ck_model_calls_status")
        ),
        sa.CheckConstraint(
            "cost_source IN ('measured', 'estimate')", name=op.f("ck_model_calls_cost_source")
        ),
        sa.CheckConstraint(
            "(status = 'done') = (answer IS NOT NULL)", name=op.f("ck_model_calls_done_has_answer")
        ),
        sa.CheckConstraint(
            "(status = 'running') = (finished_at IS NULL)",
            name=op.f("ck_model_calls_finished_iff_ended"),
        ),
        sa.CheckConstraint(
            "attempt >= 1 AND round_number >= 1", name=op.f("ck_model_calls_counts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_model_calls_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_model_calls_owner_id_users", ondelete="RESTRICT"
        ),
        comment="Calls of language models for jobs, with what they cost.",
    )
    op.create_index("ix_model_calls_owner_id_started_at", "model_calls", ["owner_id", "started_at"])
    op.create_index("ix_model_calls_started_at", "model_calls", ["started_at"])
    op.create_table(
        "spending_caps",
        sa.Column("scope", sa.String(32), nullable=False, comment="What it is for."),
        sa.Column("limit_usd", sa.Float(), nullable=False, comment="In US dollars."),
        sa.Column(
            "updated_by",
            sa.String(320),
            nullable=False,
            comment="Who set it, by e-mail at that time.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.PrimaryKeyConstraint("scope", name="pk_spending_caps"),
        sa.CheckConstraint(
            "scope IN ('order', 'batch', 'day', 'month')", name=op.f("ck_spending_caps_scope")
        ),
        sa.CheckConstraint("limit_usd >= 0", name=op.f("ck_spending_caps_limit_positive")),
        comment="How much the team may spend, where it isn't the installation's default.",
    )


def downgrade() -> None:
    op.drop_table("spending_caps")
    op.drop_table("model_calls")
