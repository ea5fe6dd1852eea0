"""Add versions to documents, so that an article can be edited and nothing is overwritten.

Safe while the old code runs: a text it writes becomes version 1, and it knows nothing of the
rest. PostgreSQL holds what is written from here on to the check; 0024 looks at the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    with op.batch_alter_table("documents") as batch_op:
        batch_op.add_column(
            sa.Column(
                "version",
                sa.Integer(),
                server_default="1",
                nullable=False,
                comment="Counts the versions of this kind, from 1.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "parent_id",
                sa.String(36),
                nullable=True,
                comment="The version it was made from; null for a first one.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "author",
                sa.String(320),
                nullable=True,
                comment="Who edited it, by e-mail at that time; null for a machine.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "model",
                sa.String(120),
                nullable=True,
                comment="The language model that wrote it, if one did.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "note",
                sa.String(500),
                nullable=True,
                comment="What the version is for, in its maker's words.",
            )
        )
        batch_op.create_check_constraint(
            op.f("ck_documents_version_positive"), "version >= 1", postgresql_not_valid=True
        )


def downgrade() -> None:
    with op.batch_alter_table("documents") as batch_op:
        batch_op.drop_constraint(op.f("ck_documents_version_positive"), type_="check")
        batch_op.drop_column("note")
        batch_op.drop_column("model")
        batch_op.drop_column("author")
        batch_op.drop_column("parent_id")
        batch_op.drop_column("version")
