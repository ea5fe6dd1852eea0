"""Create webhooks and morning_hours, so that people and their programs can be told.

Safe while the old code runs: it knows nothing of these tables.
They come together because both say how somebody is told; neither is of use alone.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None
dbops_class = "expand"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_webhooks()
    _create_morning_hours()


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        _text("id", 36, "UUID as text."),
        _text("owner_id", 36, "Whose it is."),
        _text("url", 2048, "Where what happened is posted."),
        _text("description", 120, "What the owner calls it."),
        sa.Column("events", JSON, nullable=False, comment="The events that it is told, by name."),
        sa.Column("secret", sa.Text(), nullable=False, comment="What signs, encrypted."),
        sa.Column(
            "previous_secret",
            sa.Text(),
            nullable=True,
            comment="What signs too for a while after a change of secret, encrypted.",
        ),
        _moment("previous_until", "Until when the secret before signs too, in UTC.", nullable=True),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="Whether anything is sent there."),
        _moment("created_at", "When it was made, in UTC."),
        _moment("updated_at", "The last change, in UTC."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts the changes, so that none is overwritten.",
        ),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)",
            name=op.f("ck_webhooks_previous_whole"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_webhooks_version_positive")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_webhooks_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        comment="Addresses that people's own programs are told at.",
    )
    op.create_index("ix_webhooks_owner_id", "webhooks", ["owner_id"])


def _create_morning_hours() -> None:
    op.create_table(
        "morning_hours",
        _text("id", 36, "Who is told."),
        sa.Column(
            "hour",
            sa.Integer(),
            nullable=False,
            comment="The hour of the person's own clock, 0 to 23.",
        ),
        _text("time_zone", 64, "The zone of that clock."),
        _moment("covers_from", "What happened before was told already, in UTC."),
        _moment("next_at", "When the next summary is due, in UTC."),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_morning_hours_hour_of_day")),
        sa.ForeignKeyConstraint(
            ["id"], ["users.id"], name=op.f("fk_morning_hours_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_morning_hours")),
        comment="When people are told what the night has brought.",
    )
    op.create_index("ix_morning_hours_next_at", "morning_hours", ["next_at"])


def _moment(name: str, comment: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _text(name: str, length: int, comment: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable, comment=comment)


def downgrade() -> None:
    op.drop_table("morning_hours")
    op.drop_table("webhooks")
