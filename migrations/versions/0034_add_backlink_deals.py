"""Add to backlinks all that a deal record holds, so that the library can be filtered and counted.

Safe while the old code runs: every column is null, and it knows nothing of them. PostgreSQL holds
what is written from here on to the checks; 0035 looks at the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
dbops_class = "expand"


CHECKS = {
    "ck_backlinks_anchor_type": "anchor_type IN ('exact', 'partial', 'brand', 'generic', 'naked')",
    "ck_backlinks_link_type": "link_type IN ('article', 'homepage', 'partner')",
    "ck_backlinks_price_positive": "price_cents >= 0",
    "ck_backlinks_price_has_currency": "(price_cents IS NULL) = (currency IS NULL)",
}
COLUMNS = {
    "customer": (sa.String(255), "Whose targets these are; a name or a host."),
    "campaign": (sa.String(255), "What the owner calls the campaign it belongs to."),
    "anchor_type": (sa.String(32), "How the anchor relates to its target."),
    "link_type": (sa.String(32), "Which kind of page carries the link."),
    "rel_reason": (sa.String(500), "Why a link that something was given for is followed."),
    "advertiser": (sa.String(120), "Whom the advertising label names."),
    "label_language": (sa.String(8), "The language of the advertising label."),
    "contact": (sa.String(320), "Whom at the publisher it was agreed with."),
    "price_cents": (sa.BigInteger(), "What was paid, in hundredths of the currency."),
    "currency": (sa.String(3), "ISO 4217 code of the price's currency."),
    "external_ref": (sa.String(120), "The number it has in somebody else's list."),
    "writer": (sa.String(120), "Who is to write, or wrote, as a planning sheet says."),
    "market": (sa.String(64), "The market, as a planning sheet says."),
    "budget": (sa.String(120), "The budget, as a planning sheet says."),
    "topic": (sa.String(500), "What the article is about, as a planning sheet says."),
    "content_note": (sa.Text(), "What the planning sheet says of the contents."),
}


def upgrade() -> None:
    with op.batch_alter_table("backlinks") as batch_op:
        for name, (kind, comment) in COLUMNS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True, comment=comment))
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), condition, postgresql_not_valid=True)


def downgrade() -> None:
    with op.batch_alter_table("backlinks") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
