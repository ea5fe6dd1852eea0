"""Let templates name any OpenAI-compatible address as their writer.

Safe while the old code runs: it never writes the added value. PostgreSQL holds what is written from
here on to the check; 0027 looks at the rest.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_templates_llm_provider"


def upgrade() -> None:
    _check("llm_provider IN ('auto', 'anthropic', 'openai', 'google', 'compatible')", is_later=True)


def downgrade() -> None:
    op.execute("UPDATE templates SET llm_provider = 'auto' WHERE llm_provider = 'compatible'")
    _check("llm_provider IN ('auto', 'anthropic', 'openai', 'google')", is_later=False)


def _check(condition: str, *, is_later: bool) -> None:
    with op.batch_alter_table("templates") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), condition, postgresql_not_valid=is_later)
