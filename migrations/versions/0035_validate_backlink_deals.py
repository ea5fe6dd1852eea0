"""Check the deal records that were there before 0034.

Safe while the old code runs: reading and writing go on while PostgreSQL looks. SQLite has checked
them all along.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
dbops_class = "expand"


CHECKS = {
    "ck_backlinks_anchor_type": "anchor_type IN ('exact', 'partial', 'brand', 'generic', 'naked')",
    "ck_backlinks_link_type": "link_type IN ('article', 'homepage', 'partner')",
    "ck_backlinks_price_positive": "price_cents >= 0",
    "ck_backlinks_price_has_currency": "(price_cents IS NULL) = (currency IS NULL)",
}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in CHECKS:
            op.execute(f"ALTER TABLE backlinks VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name, condition in CHECKS.items():
            op.drop_constraint(op.f(name), "backlinks", type_="check")
            op.create_check_constraint(
                op.f(name), "backlinks", condition, postgresql_not_valid=True
            )
