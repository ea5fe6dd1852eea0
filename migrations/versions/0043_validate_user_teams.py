"""Check the teams of the people who were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
dbops_class = "expand"

NAME = "fk_users_team_id_teams"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE users VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "users", type_="foreignkey")
        ends = ("users", "teams", ["team_id"], ["id"])
        op.create_foreign_key(op.f(NAME), *ends, ondelete="RESTRICT", postgresql_not_valid=True)
