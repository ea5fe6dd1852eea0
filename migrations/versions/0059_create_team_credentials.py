"""Create team_credentials and team_caps, so that a team pays with its own keys up to its own caps.

Safe while the old code runs: it knows nothing of these tables, so no team's key is ever another's.
Both belong to what a team pays for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "team_credentials",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("provider", sa.String(32), nullable=False, comment="Whose key it is."),
        sa.Column(
            "ciphertext",
            sa.Text(),
            nullable=True,
            comment="The key, encrypted; null for a service that needs none.",
        ),
        sa.Column(
            "last_four",
            sa.String(4),
            nullable=True,
            comment="The key's last characters, to tell keys apart.",
        ),
        sa.Column(
            "base_url",
            sa.String(2048),
            nullable=True,
            comment="Where the service is; null for its usual address.",
        ),
        sa.Column(
            "model",
            sa.String(120),
            nullable=True,
            comment="The model to ask for; null for the usual one.",
        ),
        sa.Column("status", sa.String(32), nullable=False, comment="What the last test said."),
        sa.Column(
            "tested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last tested, in UTC.",
        ),
        sa.Column(
            "test_message",
            sa.String(500),
            nullable=True,
            comment="What the last test said, in words.",
        ),
        sa.Column(
            "updated_by",
            sa.String(320),
            nullable=False,
            comment="Who set it, by e-mail at that time.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was first set, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.Column("team_id", sa.String(36), nullable=False, comment="Whose key it is alone."),
        sa.PrimaryKeyConstraint("id", name="pk_team_credentials"),
        sa.UniqueConstraint("team_id", "provider", name="uq_team_credentials_team_id_provider"),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name="fk_team_credentials_team_id_teams", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "status IN ('untested', 'valid', 'invalid')", name=op.f("ck_team_credentials_status")
        ),
        comment="Single teams' own keys of paid services, encrypted.",
    )
    op.create_table(
        "team_caps",
        sa.Column("team_id", sa.String(36), nullable=False, comment="Who is held to it."),
        sa.Column("scope", sa.String(32), nullable=False, comment="What it is for: day or month."),
        sa.Column("limit_usd", sa.Float(), nullable=False, comment="In US dollars."),
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
        sa.PrimaryKeyConstraint("team_id", "scope", name="pk_team_caps"),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name="fk_team_caps_team_id_teams", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "scope IN ('order', 'batch', 'day', 'month')", name=op.f("ck_team_caps_scope")
        ),
        sa.CheckConstraint("limit_usd >= 0", name=op.f("ck_team_caps_limit_positive")),
        comment="How much single teams may spend.",
    )


def downgrade() -> None:
    op.drop_table("team_caps")
    op.drop_table("team_credentials")
