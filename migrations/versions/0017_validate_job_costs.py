"""Check jobs.qc_status and jobs.cost_source of the rows that were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE jobs VALIDATE CONSTRAINT ck_jobs_qc_status")
        op.execute("ALTER TABLE jobs VALIDATE CONSTRAINT ck_jobs_cost_source")


def downgrade() -> None:
    """Leave it: what was checked stays right."""
