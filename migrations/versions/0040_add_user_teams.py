"""Add to people their team, what they want, and that they may be deleted.

Safe while the old code runs: every column is null, and it knows nothing of them. It can't show a
deleted person, of whom there are none before the new code deletes one. PostgreSQL holds what is
written from here on to the checks; 0042 and 0043 look at the rest.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
dbops_class = "expand"


TEAM = "fk_users_team_id_teams"
STATUS = "ck_users_status"


def _added() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "team_id",
            sa.String(36),
            nullable=True,
            comment="Whose work the person sees too; null for nobody else's.",
        ),
        sa.Column(
            "username",
            sa.String(120),
            nullable=True,
            comment="A short name of the person's own; nobody signs in by it.",
        ),
        sa.Column(
            "preferences",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
            comment="What the person's orders begin with; null for the product's defaults.",
        ),
        sa.Column(
            "reset_asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a new password was asked for and not yet set, in UTC.",
        ),
    )


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        for column in _added():
            batch_op.add_column(column)
        batch_op.create_foreign_key(
            op.f(TEAM), "teams", ["team_id"], ["id"], ondelete="RESTRICT", postgresql_not_valid=True
        )
        batch_op.drop_constraint(op.f(STATUS), type_="check")
        batch_op.create_check_constraint(
            op.f(STATUS), "status IN ('active', 'suspended', 'deleted')", postgresql_not_valid=True
        )


def downgrade() -> None:
    op.execute("UPDATE users SET status = 'suspended' WHERE status = 'deleted'")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint(op.f(STATUS), type_="check")
        batch_op.create_check_constraint(op.f(STATUS), "status IN ('active', 'suspended')")
        batch_op.drop_constraint(op.f(TEAM), type_="foreignkey")
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
