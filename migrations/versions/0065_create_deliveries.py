"""Create notices, deliveries and delivery_attempts, so that nothing to be told is lost.

Safe while the old code runs: it knows nothing of these tables.
They come together because none of them means anything without the others.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None
dbops_class = "expand"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_notices()
    _create_deliveries()
    _index_deliveries()
    _create_delivery_attempts()


def _create_notices() -> None:
    op.create_table(
        "notices",
        _text("id", 36, "UUID as text."),
        _text("owner_id", 36, "Who is to be told."),
        _text("event", 64, "What happened, as resource.verb."),
        sa.Column("data", JSON, nullable=False, comment="What there is to tell of it."),
        _moment("at", "When it happened, in UTC."),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_notices_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="What happened and is to be told; a row goes once its deliveries are made.",
    )
    op.create_index("ix_notices_at", "notices", ["at"])
    op.create_index("ix_notices_owner_id", "notices", ["owner_id"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        _text("id", 36, "UUID as text; the receiver gets it too, the same at every attempt."),
        _text("owner_id", 36, "Whose it is; null for somebody who has no account.", nullable=True),
        _text("event", 64, "What it tells, as resource.verb."),
        _text("channel", 32, "How."),
        _text("address", 2048, "The e-mail address or the URL it goes to."),
        _text("webhook_id", 36, "The webhook that it goes to.", nullable=True),
        _text("subject", 200, "What it is about, in one line."),
        sa.Column(
            "body",
            sa.Text(),
            nullable=True,
            comment="What is sent, byte for byte; null once a secret one has ended.",
        ),
        sa.Column(
            "is_secret",
            sa.Boolean(),
            nullable=False,
            comment="Whether the body holds a secret, and is encrypted.",
        ),
        _text("state", 32, "Where it is."),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="How often it was begun."),
        _moment(
            "next_try_at", "When it is tried next, in UTC; null when it has ended.", nullable=True
        ),
        _moment(
            "expires_at",
            "From when on it is of no use any more, in UTC; null for never.",
            nullable=True,
        ),
        _text("lease_owner", 120, "The process that sends it.", nullable=True),
        _moment("lease_until", "From this moment on another process may send it.", nullable=True),
        _moment("created_at", "When it was made, in UTC."),
        _moment("ended_at", "When it arrived or was given up, in UTC.", nullable=True),
        sa.CheckConstraint(
            "(state IN ('pending', 'retrying')) = (next_try_at IS NOT NULL)",
            name=op.f("ck_deliveries_waiting_has_time"),
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_deliveries_lease_whole")
        ),
        sa.CheckConstraint("channel IN ('email', 'webhook')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint(
            "state IN ('pending', 'retrying', 'delivered', 'dead')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_deliveries_attempts_positive")),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name=op.f("fk_deliveries_owner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_deliveries_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        comment="Messages to one address each, and how far they came.",
    )


def _index_deliveries() -> None:
    op.create_index("ix_deliveries_ended_at", "deliveries", ["ended_at"])
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"])
    op.create_index("ix_deliveries_owner_id_created_at", "deliveries", ["owner_id", "created_at"])
    op.create_index("ix_deliveries_webhook_id_state", "deliveries", ["webhook_id", "state"])


def _create_delivery_attempts() -> None:
    op.create_table(
        "delivery_attempts",
        _text("id", 36, "UUID as text."),
        _text("delivery_id", 36, "What was to be delivered."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Which attempt it was, from 1."),
        _moment("begun_at", "When it began, in UTC."),
        _moment(
            "ended_at",
            "When its end was noted, in UTC; null when the process was lost.",
            nullable=True,
        ),
        sa.Column(
            "code",
            sa.Integer(),
            nullable=True,
            comment="The web server's status, or the mail server's code.",
        ),
        _text("answer", 500, "The beginning of what was answered.", nullable=True),
        _text("fault", 500, "Why it did not arrive, in one sentence.", nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_delivery_attempts_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
        sa.UniqueConstraint(
            "delivery_id", "number", name=op.f("uq_delivery_attempts_delivery_id_number")
        ),
        comment="Every attempt at a delivery, and what came of it.",
    )


def _moment(name: str, comment: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _text(name: str, length: int, comment: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable, comment=comment)


def downgrade() -> None:
    op.drop_table("delivery_attempts")
    op.drop_table("deliveries")
    op.drop_table("notices")
