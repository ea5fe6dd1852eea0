"""Create article_comments, so that people can say something of a passage.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None
dbops_class = "expand"


TABLE = "article_comments"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column(
            "job_id",
            sa.String(36),
            nullable=False,
            comment="The job whose article it is about.",
        ),
        sa.Column(
            "document_id",
            sa.String(36),
            nullable=False,
            comment="The version it was made on.",
        ),
        sa.Column(
            "place_start",
            sa.Integer(),
            nullable=False,
            comment="Where the passage begins in that version's Markdown.",
        ),
        sa.Column("place_end", sa.Integer(), nullable=False, comment="Where it ends."),
        sa.Column("quote", sa.Text(), nullable=False, comment="The passage, as it read."),
        sa.Column("text", sa.Text(), nullable=False, comment="What is said of it."),
        sa.Column("author_id", sa.String(36), nullable=True, comment="Who says it."),
        sa.Column(
            "author",
            sa.String(320),
            nullable=False,
            comment="Who says it, by e-mail at that time.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was said, in UTC.",
        ),
        sa.Column(
            "resolved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was taken care of, in UTC; null while it waits.",
        ),
        sa.Column(
            "resolved_by",
            sa.String(320),
            nullable=True,
            comment="Who said that it is, by e-mail at that time.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article_comments"),
        _key("job_id", "jobs", "CASCADE"),
        _key("document_id", "documents", "CASCADE"),
        _key("author_id", "users", "SET NULL"),
        sa.CheckConstraint(
            "place_start >= 0 AND place_end > place_start",
            name=op.f("ck_article_comments_place_whole"),
        ),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)",
            name=op.f("ck_article_comments_resolved_whole"),
        ),
        comment="What people say of passages of articles.",
    )
    op.create_index("ix_article_comments_job_id_created_at", TABLE, ["job_id", "created_at"])
    op.create_index("ix_article_comments_document_id", TABLE, ["document_id"])
    op.create_index("ix_article_comments_author_id", TABLE, ["author_id"])


def downgrade() -> None:
    op.drop_table(TABLE)


def _key(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_article_comments_{column}_{table}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)
