"""Create invitations, so that admins can ask people into their team.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("team_id", sa.String(36), nullable=False, comment="The team to join."),
        sa.Column("email", sa.String(320), nullable=False, comment="The address as it was given."),
        sa.Column(
            "email_normalized", sa.String(320), nullable=False, comment="The address in lower case."
        ),
        sa.Column(
            "role", sa.String(32), nullable=False, comment="What the person is to be trusted with."
        ),
        sa.Column(
            "token_hash",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of the secret in the address, in hex.",
        ),
        sa.Column(
            "invited_by",
            sa.String(320),
            nullable=False,
            comment="Who invited, by e-mail at that time.",
        ),
        _moment("created_at", "When it was made, in UTC.", is_needed=True),
        _moment("expires_at", "Not valid from this moment on.", is_needed=True),
        _moment("accepted_at", "When the person joined, in UTC."),
        _moment("revoked_at", "When it was withdrawn, in UTC."),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name="fk_invitations_team_id_teams", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "role IN ('viewer', 'editor', 'admin')", name=op.f("ck_invitations_role")
        ),
        comment="Secret addresses at which people join a team, once.",
    )
    op.create_index("ix_invitations_team_id", "invitations", ["team_id"])
    op.create_index("ix_invitations_email_normalized", "invitations", ["email_normalized"])


def downgrade() -> None:
    op.drop_table("invitations")


def _moment(name: str, comment: str, *, is_needed: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_needed, comment=comment)
