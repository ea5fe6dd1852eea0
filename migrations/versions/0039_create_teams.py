"""Create teams, so that people can work together.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("name", sa.String(120), nullable=False, comment="How the team is shown."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        comment="People who see each other's work.",
    )


def downgrade() -> None:
    op.drop_table("teams")
