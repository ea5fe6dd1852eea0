"""Create kept_answers, so that a request which is sent twice with a key is carried out once.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column(
            "id",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of whose key it is and the key, in hex.",
        ),
        sa.Column(
            "request_hash",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of what was asked for, in hex.",
        ),
        sa.Column(
            "answer",
            sa.Text(),
            nullable=True,
            comment="The answer, encrypted; null while it is being made.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was asked for, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_kept_answers"),
        comment="Answers to requests that came with a key, for those who send them again.",
    )
    op.create_index("ix_kept_answers_created_at", "kept_answers", ["created_at"])


def downgrade() -> None:
    op.drop_table("kept_answers")
