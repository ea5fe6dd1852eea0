"""Index users.team_id, so that a team's people are found together.

Safe while the old code runs: PostgreSQL builds the index while others write.
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()
        op.create_index("ix_users_team_id", "users", ["team_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _drop()


def _drop() -> None:
    op.drop_index("ix_users_team_id", "users", if_exists=True, postgresql_concurrently=True)
