"""Add the terms of the deal and what the checks said to jobs, so that articles can be written.

Safe while the old code runs: every column is null or has a default, and it knows nothing of them.
Any OpenAI-compatible address becomes a provider, which the old code never writes. PostgreSQL holds
what is written from here on to the checks; 0024 looks at the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
dbops_class = "expand"


CHECKS = {
    "ck_jobs_writing_profile": "writing_profile IN ('long_form', 'flow')",
    "ck_jobs_deal_type": "deal_type IN ('paid', 'product', 'exchange', 'affiliate', 'editorial',"
    " 'own_site', 'unknown')",
    "ck_jobs_agreed_rel": "agreed_rel IN ('follow', 'nofollow', 'sponsored', 'unknown')",
    "ck_jobs_vertical": "vertical IN ('gambling', 'credit', 'finance', 'health', 'medical',"
    " 'legal', 'crypto', 'none')",
    "ck_jobs_llm_provider": "llm_provider IN ('auto', 'anthropic', 'openai', 'google',"
    " 'compatible')",
}
OLD_PROVIDERS = "llm_provider IN ('auto', 'anthropic', 'openai', 'google')"


def _added() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "writing_profile",
            sa.String(32),
            server_default="long_form",
            nullable=False,
            comment="The rule set for length and structure.",
        ),
        sa.Column(
            "deal_type",
            sa.String(32),
            server_default="unknown",
            nullable=False,
            comment="What the link was given for.",
        ),
        sa.Column(
            "agreed_rel",
            sa.String(32),
            server_default="unknown",
            nullable=False,
            comment="What was agreed about rel; unknown leaves it to policy.",
        ),
        sa.Column(
            "rel_reason",
            sa.String(500),
            nullable=True,
            comment="Why a link that was paid for is followed.",
        ),
        sa.Column(
            "advertiser", sa.String(120), nullable=True, comment="Whom the advertising label names."
        ),
        sa.Column(
            "anchor_is_fixed",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Whether the deal fixes the anchor.",
        ),
        sa.Column(
            "vertical",
            sa.String(32),
            nullable=True,
            comment="A person's own word on the regulated area; null leaves it to the engine.",
        ),
        sa.Column(
            "allow_fallback",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Whether another provider may write instead.",
        ),
        sa.Column(
            "brief_only",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Whether no article is wanted.",
        ),
        sa.Column(
            "qc_score",
            sa.Float(),
            nullable=True,
            comment="From 0 to 100, for sorting; null when unmeasured.",
        ),
        sa.Column(
            "round_number",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Counts the times it was written, from 1.",
        ),
        sa.Column(
            "batch_id",
            sa.String(36),
            nullable=True,
            comment="The batch it was ordered in; an id, as batches may go.",
        ),
    )


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        for column in _added():
            batch_op.add_column(column)
        batch_op.drop_constraint(op.f("ck_jobs_llm_provider"), type_="check")
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), condition, postgresql_not_valid=True)


def downgrade() -> None:
    op.execute("UPDATE jobs SET llm_provider = 'auto' WHERE llm_provider = 'compatible'")
    with op.batch_alter_table("jobs") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_llm_provider"), OLD_PROVIDERS)
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
