"""Check model_calls.purpose of the rows that were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_model_calls_purpose"
CONDITION = "purpose IN ('outline', 'content', 'polish', 'single', 'fix', 'probe', 'paragraph')"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE model_calls VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "model_calls", type_="check")
        op.create_check_constraint(op.f(NAME), "model_calls", CONDITION, postgresql_not_valid=True)
