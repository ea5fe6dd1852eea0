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


CHECKS = {
    "ck_jobs_qc_status": "qc_status IN ('pass', 'warning', 'needs_signoff', 'blocked')",
    "ck_jobs_cost_source": "cost_source IN ('measured', 'estimate')",
}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in CHECKS:
            op.execute(f"ALTER TABLE jobs VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name, condition in CHECKS.items():
            op.drop_constraint(op.f(name), "jobs", type_="check")
            op.create_check_constraint(op.f(name), "jobs", condition, postgresql_not_valid=True)
