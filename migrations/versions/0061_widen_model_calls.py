"""Let model_calls tell of single paragraphs that were written anew.

Safe while the old code runs: it never writes the added value. It can't show the calls of an order
of which a paragraph was written anew with the new code, so restart it soon. PostgreSQL holds what
is written from here on to the check; 0062 looks at the rest.
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_model_calls_purpose"
OLD = "'outline', 'content', 'polish', 'single', 'fix', 'probe'"
ADDED = "'paragraph'"


def upgrade() -> None:
    _check(f"purpose IN ({OLD}, {ADDED})", is_later=True)


def downgrade() -> None:
    op.execute(f"DELETE FROM model_calls WHERE purpose IN ({ADDED})")
    _check(f"purpose IN ({OLD})", is_later=False)


def _check(condition: str, *, is_later: bool) -> None:
    with op.batch_alter_table("model_calls") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), condition, postgresql_not_valid=is_later)
