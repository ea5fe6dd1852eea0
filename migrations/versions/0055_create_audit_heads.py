"""Create audit_heads, so that rows missing at the end of the audit log are found.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("id", sa.String(36), nullable=False, comment="The chain's name."),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="The newest row's place."),
        sa.Column("hash", sa.String(64), nullable=False, comment="The newest row's hash."),
        sa.PrimaryKeyConstraint("id", name="pk_audit_heads"),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_audit_heads_sequence_positive")),
        comment="Where the chain of the audit log ends.",
    )


def downgrade() -> None:
    op.drop_table("audit_heads")
