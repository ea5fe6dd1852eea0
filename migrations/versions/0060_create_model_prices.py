"""Create model_prices, so that an admin can say what a model costs that the table doesn't know.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "model_prices",
        sa.Column("provider", sa.String(32), nullable=False, comment="Whose model."),
        sa.Column(
            "model",
            sa.String(120),
            nullable=False,
            comment="The model, as it is asked for.",
        ),
        sa.Column(
            "input_usd",
            sa.Float(),
            nullable=False,
            comment="US dollars for a million tokens sent.",
        ),
        sa.Column(
            "output_usd",
            sa.Float(),
            nullable=False,
            comment="US dollars for a million tokens received.",
        ),
        sa.Column(
            "updated_by",
            sa.String(320),
            nullable=False,
            comment="Who set it, by e-mail at that time.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.PrimaryKeyConstraint("provider", "model", name="pk_model_prices"),
        sa.CheckConstraint(
            "input_usd >= 0 AND output_usd >= 0", name=op.f("ck_model_prices_prices_positive")
        ),
        comment="Prices of models that an admin has entered.",
    )


def downgrade() -> None:
    op.drop_table("model_prices")
