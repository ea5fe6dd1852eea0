"""Check the terms of jobs and the versions of documents that were there before.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
dbops_class = "expand"


CHECKS = {
    "jobs": {
        "ck_jobs_writing_profile": "writing_profile IN ('long_form', 'flow')",
        "ck_jobs_deal_type": "deal_type IN ('paid', 'product', 'exchange', 'affiliate',"
        " 'editorial', 'own_site', 'unknown')",
        "ck_jobs_agreed_rel": "agreed_rel IN ('follow', 'nofollow', 'sponsored', 'unknown')",
        "ck_jobs_vertical": "vertical IN ('gambling', 'credit', 'finance', 'health', 'medical',"
        " 'legal', 'crypto', 'none')",
        "ck_jobs_llm_provider": "llm_provider IN ('auto', 'anthropic', 'openai', 'google',"
        " 'compatible')",
    },
    "documents": {"ck_documents_version_positive": "version >= 1"},
}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, checks in CHECKS.items():
            for name in checks:
                op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, checks in CHECKS.items():
            for name, condition in checks.items():
                op.drop_constraint(op.f(name), table, type_="check")
                op.create_check_constraint(op.f(name), table, condition, postgresql_not_valid=True)
