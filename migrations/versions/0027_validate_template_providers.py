"""Check templates.llm_provider of the rows that were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
dbops_class = "expand"


NAME = "ck_templates_llm_provider"
CONDITION = "llm_provider IN ('auto', 'anthropic', 'openai', 'google', 'compatible')"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE templates VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "templates", type_="check")
        op.create_check_constraint(op.f(NAME), "templates", CONDITION, postgresql_not_valid=True)
