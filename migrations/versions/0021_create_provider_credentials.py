"""Create provider_credentials and stored_searches, so that a team has its own keys and results.

Safe while the old code runs: it knows nothing of these tables.
Both belong to the services that a team pays for.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "provider_credentials",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("provider", sa.String(32), nullable=False, comment="Whose key it is."),
        sa.Column(
            "ciphertext",
            sa.Text(),
            nullable=True,
            comment="The key, encrypted; null for a service that needs none.",
        ),
        sa.Column(
            "last_four",
            sa.String(4),
            nullable=True,
            comment="The key's last characters, to tell keys apart.",
        ),
        sa.Column(
            "base_url",
            sa.String(2048),
            nullable=True,
            comment="Where the service is; null for its usual address.",
        ),
        sa.Column(
            "model",
            sa.String(120),
            nullable=True,
            comment="The model to ask for; null for the usual one.",
        ),
        sa.Column("status", sa.String(32), nullable=False, comment="What the last test said."),
        sa.Column(
            "tested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last tested, in UTC.",
        ),
        sa.Column(
            "test_message",
            sa.String(500),
            nullable=True,
            comment="What the last test said, in words.",
        ),
        sa.Column(
            "updated_by",
            sa.String(320),
            nullable=False,
            comment="Who set it, by e-mail at that time.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was first set, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_provider_credentials"),
        sa.UniqueConstraint("provider", name="uq_provider_credentials_provider"),
        sa.CheckConstraint(
            "status IN ('untested', 'valid', 'invalid')",
            name=op.f("ck_provider_credentials_status"),
        ),
        comment="The team's keys of paid services, encrypted.",
    )
    op.create_table(
        "stored_searches",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column(
            "query_key",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of query, language and country.",
        ),
        sa.Column("query", sa.String(500), nullable=False, comment="What was searched for."),
        sa.Column("language", sa.String(8), nullable=False, comment="The language searched in."),
        sa.Column("country", sa.String(2), nullable=False, comment="The market searched in."),
        sa.Column(
            "provider",
            sa.String(32),
            nullable=True,
            comment="Who was asked; null for brought ones.",
        ),
        sa.Column("origin", sa.String(32), nullable=False, comment="Where they are from."),
        sa.Column(
            "job_id",
            sa.String(36),
            nullable=True,
            comment="The job they were brought for; null for fetched ones.",
        ),
        sa.Column(
            "hits",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="Rank, address, title and snippet of each.",
        ),
        sa.Column(
            "fetched_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When they were fetched or brought, in UTC.",
        ),
        sa.Column(
            "brought_by",
            sa.String(320),
            nullable=True,
            comment="Who brought them, by e-mail at that time.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stored_searches"),
        sa.CheckConstraint(
            "origin IN ('fetched', 'brought')", name=op.f("ck_stored_searches_origin")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_stored_searches_job_id_jobs", ondelete="CASCADE"
        ),
        comment="Search results: fetched ones for a day, brought ones for their order.",
    )
    op.create_index(
        "ix_stored_searches_query_key_fetched_at", "stored_searches", ["query_key", "fetched_at"]
    )
    op.create_index("ix_stored_searches_job_id", "stored_searches", ["job_id"])


def downgrade() -> None:
    op.drop_table("stored_searches")
    op.drop_table("provider_credentials")
