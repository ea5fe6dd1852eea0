"""Create documents, so that what came of a job is kept.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it came of."),
        sa.Column(
            "kind", sa.String(32), nullable=False, comment="What it is, and so who wrote it."
        ),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The document, part by part.",
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="The same as Markdown."),
        sa.Column("sha256", sa.String(64), nullable=False, comment="Of the text, in hex."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was written, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_documents_job_id_jobs", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "kind IN ('brief', 'skeleton', 'ai_draft', 'human_text')",
            name=op.f("ck_documents_kind"),
        ),
        comment="Texts that came of jobs; rows are only ever added.",
    )
    op.create_index(
        "ix_documents_job_id_kind_created_at", "documents", ["job_id", "kind", "created_at"]
    )


def downgrade() -> None:
    op.drop_table("documents")
