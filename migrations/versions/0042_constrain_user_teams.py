"""Hold users.team_id to the teams that there are.

Safe while the old code runs: it leaves the column null. PostgreSQL holds what is written from here
on to it; 0043 looks at the rest.
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "fk_users_team_id_teams"


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.create_foreign_key(
            op.f(NAME), "teams", ["team_id"], ["id"], ondelete="RESTRICT", postgresql_not_valid=True
        )


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="foreignkey")
