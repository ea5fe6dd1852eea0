"""Add the chain to audit_events, so that a row that is changed or taken away is found.

Safe while the old code runs: the columns are null for its rows, which are told apart. PostgreSQL
holds what is written from here on to the check; 0053 looks at the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_audit_events_chain_whole"
CONDITION = "(sequence IS NULL) = (hash IS NULL) AND (sequence IS NULL) = (previous_hash IS NULL)"
COLUMNS = {
    "sequence": (sa.BigInteger(), "The row's place in the chain, from 1; null for older rows."),
    "previous_hash": (sa.String(64), "The hash of the row before; zeros for the first."),
    "hash": (sa.String(64), "SHA-256 over all of the row but itself, in hex."),
}


def upgrade() -> None:
    with op.batch_alter_table("audit_events") as batch_op:
        for name, (kind, comment) in COLUMNS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True, comment=comment))
        batch_op.create_check_constraint(op.f(NAME), CONDITION, postgresql_not_valid=True)


def downgrade() -> None:
    with op.batch_alter_table("audit_events") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
