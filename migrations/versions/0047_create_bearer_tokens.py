"""Create bearer_tokens, so that programs can sign in for a while.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "bearer_tokens",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("user_id", sa.String(36), nullable=False, comment="Who is signed in."),
        _hash("access_hash", "SHA-256 of the access token, in hex."),
        _moment("access_expires_at", "The access token is not valid from this moment on."),
        _hash("refresh_hash", "SHA-256 of the refresh token, in hex."),
        _moment("refresh_expires_at", "The refresh token is not valid from this moment on."),
        _hash(
            "spent_hash",
            "SHA-256 of the refresh token before; who shows it ends both.",
            is_needed=False,
        ),
        sa.Column(
            "program", sa.String(255), nullable=True, comment="What the program calls itself."
        ),
        sa.Column(
            "address", sa.String(64), nullable=True, comment="The network address it came from."
        ),
        _moment("created_at", "When the person signed in, in UTC."),
        _moment("refreshed_at", "When the tokens were last exchanged, in UTC."),
        sa.PrimaryKeyConstraint("id", name="pk_bearer_tokens"),
        sa.UniqueConstraint("access_hash", name="uq_bearer_tokens_access_hash"),
        sa.UniqueConstraint("refresh_hash", name="uq_bearer_tokens_refresh_hash"),
        sa.UniqueConstraint("spent_hash", name="uq_bearer_tokens_spent_hash"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_bearer_tokens_user_id_users", ondelete="CASCADE"
        ),
        comment="Programs in which somebody is signed in, by tokens that are exchanged.",
    )
    op.create_index("ix_bearer_tokens_user_id", "bearer_tokens", ["user_id"])


def downgrade() -> None:
    op.drop_table("bearer_tokens")


def _hash(name: str, comment: str, *, is_needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=not is_needed, comment=comment)


def _moment(name: str, comment: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, comment=comment)
