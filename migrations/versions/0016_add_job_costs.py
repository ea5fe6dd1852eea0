"""Add what a job cost and what its checks said, so that older jobs bring theirs along.

Safe while the old code runs: the columns may be null, and it knows nothing of them. PostgreSQL
holds what is written from here on to the values; the next revision looks at the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(
            sa.Column(
                "qc_status",
                sa.String(32),
                nullable=True,
                comment="What the checks said; null when unmeasured.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "estimated_cost_usd",
                sa.Float(),
                nullable=True,
                comment="What it was expected to cost; null when unknown.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "actual_cost_usd",
                sa.Float(),
                nullable=True,
                comment="What it cost; null when unknown.",
            )
        )
        batch_op.add_column(
            sa.Column(
                "cost_source",
                sa.String(32),
                nullable=True,
                comment="Whether the actual cost was measured.",
            )
        )
        batch_op.create_check_constraint(
            op.f("ck_jobs_qc_status"),
            "qc_status IN ('pass', 'warning', 'needs_signoff', 'blocked')",
            postgresql_not_valid=True,
        )
        batch_op.create_check_constraint(
            op.f("ck_jobs_cost_source"),
            "cost_source IN ('measured', 'estimate')",
            postgresql_not_valid=True,
        )


def downgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_cost_source"), type_="check")
        batch_op.drop_constraint(op.f("ck_jobs_qc_status"), type_="check")
        batch_op.drop_column("cost_source")
        batch_op.drop_column("actual_cost_usd")
        batch_op.drop_column("estimated_cost_usd")
        batch_op.drop_column("qc_status")
