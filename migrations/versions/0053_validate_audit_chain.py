"""Check the audit rows that were there before 0052.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_audit_events_chain_whole"
CONDITION = "(sequence IS NULL) = (hash IS NULL) AND (sequence IS NULL) = (previous_hash IS NULL)"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE audit_events VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "audit_events", type_="check")
        op.create_check_constraint(op.f(NAME), "audit_events", CONDITION, postgresql_not_valid=True)
