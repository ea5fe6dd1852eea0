"""Check job_events.type of the rows that were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_job_events_type"
CONDITION = (
    "type IN ('created', 'claimed', 'step_started', 'step_finished', 'step_failed', 'handed_back',"
    " 'lease_expired', 'delivered', 'blocked', 'aborted', 'canceled', 'retried', 'edited',"
    " 'decided', 'signed', 'sent_back')"
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE job_events VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "job_events", type_="check")
        op.create_check_constraint(op.f(NAME), "job_events", CONDITION, postgresql_not_valid=True)
