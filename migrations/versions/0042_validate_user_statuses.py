"""Check the statuses of the people who were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
dbops_class = "expand"

NAME = "ck_users_status"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE users VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "users", type_="check")
        condition = "status IN ('active', 'suspended', 'deleted')"
        op.create_check_constraint(op.f(NAME), "users", condition, postgresql_not_valid=True)
