"""Check the teams and statuses of the people who were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
dbops_class = "expand"


TEAM = "fk_users_team_id_teams"
STATUS = "ck_users_status"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in (TEAM, STATUS):
            op.execute(f"ALTER TABLE users VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(TEAM), "users", type_="foreignkey")
        op.create_foreign_key(
            op.f(TEAM),
            "users",
            "teams",
            ["team_id"],
            ["id"],
            ondelete="RESTRICT",
            postgresql_not_valid=True,
        )
        op.drop_constraint(op.f(STATUS), "users", type_="check")
        op.create_check_constraint(
            op.f(STATUS),
            "users",
            "status IN ('active', 'suspended', 'deleted')",
            postgresql_not_valid=True,
        )
