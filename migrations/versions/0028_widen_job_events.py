"""Let job_events tell of editing, deciding, signing and sending back.

Safe while the old code runs: it never writes the added values. It can't show the events of an order
on which somebody has worked with the new code, so restart it soon. PostgreSQL holds what is written
from here on to the check; 0029 looks at the rest.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_job_events_type"
OLD = (
    "'created', 'claimed', 'step_started', 'step_finished', 'step_failed', 'handed_back',"
    " 'lease_expired', 'delivered', 'blocked', 'aborted', 'canceled', 'retried'"
)
ADDED = "'edited', 'decided', 'signed', 'sent_back'"


def upgrade() -> None:
    _check(f"type IN ({OLD}, {ADDED})", is_later=True)


def downgrade() -> None:
    op.execute(f"DELETE FROM job_events WHERE type IN ({ADDED})")
    _check(f"type IN ({OLD})", is_later=False)


def _check(condition: str, *, is_later: bool) -> None:
    with op.batch_alter_table("job_events") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), condition, postgresql_not_valid=is_later)
