"""Create link_watches, link_checks and link_alerts, so that published links can be watched.

Safe while the old code runs: it knows nothing of these tables.
They come together because none of them means anything without the others.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    _create_link_watches()
    _create_link_checks()
    _create_link_alerts()


def _create_link_watches() -> None:
    op.create_table(
        "link_watches",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Whose it is."),
        _moment("created_at", "When it was made, in UTC.", nullable=False),
        _moment("updated_at", "The last change, in UTC.", nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts the changes, so that none is overwritten.",
        ),
        sa.Column("backlink_id", sa.String(36), nullable=False, comment="The link it is about."),
        sa.Column("status", sa.String(32), nullable=False, comment="What is known."),
        _json("verdicts", "The faults that a second check has confirmed."),
        _json("suspected", "The faults that one check found and none confirmed."),
        _moment("suspect_since", "When the first bad result came, in UTC."),
        _moment("last_checked_at", "When it was last looked at, in UTC."),
        _moment("changed_at", "When what is known last changed, in UTC."),
        _moment("next_check_at", "From when on it is to be looked at again; null when it ended."),
        sa.Column(
            "lease_owner", sa.String(120), nullable=True, comment="The process that looks at it."
        ),
        _moment("lease_until", "From this moment on another process may look."),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=False,
            comment="How often it was taken; tells a process from its own past.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_watches"),
        sa.UniqueConstraint("backlink_id", name="uq_link_watches_backlink_id"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_link_watches_owner_id_users", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["backlink_id"],
            ["backlinks.id"],
            name="fk_link_watches_backlink_id_backlinks",
            ondelete="CASCADE",
        ),
        *_watch_checks(),
        comment="Published links that are watched, and what is known about them.",
    )
    for columns in (["owner_id", "status"], ["owner_id", "changed_at"], ["next_check_at"]):
        op.create_index(f"ix_link_watches_{'_'.join(columns)}", "link_watches", columns)


def _watch_checks() -> tuple[sa.CheckConstraint, ...]:
    conditions = {
        "counts_positive": "version >= 1 AND attempt >= 0",
        "lease_whole": "(lease_owner IS NULL) = (lease_until IS NULL)",
        "suspect_since": "(status = 'suspect') = (suspect_since IS NOT NULL)",
        "ended_rests": "status <> 'ended' OR next_check_at IS NULL",
        "status": "status IN ('waiting', 'ok', 'suspect', 'faulty', 'unknown', 'ended')",
    }
    return tuple(
        sa.CheckConstraint(condition, name=op.f(f"ck_link_watches_{name}"))
        for name, condition in conditions.items()
    )


def _create_link_checks() -> None:
    op.create_table(
        "link_checks",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("watch_id", sa.String(36), nullable=False, comment="The watch it belongs to."),
        sa.Column(
            "attempt", sa.Integer(), nullable=False, comment="Which check of the watch it was."
        ),
        _moment("checked_at", "When the page was asked for, in UTC.", nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="The page that was asked for."),
        sa.Column("final_url", sa.Text(), nullable=False, comment="Where it was found."),
        _json("redirects", "The addresses passed on the way."),
        sa.Column(
            "status_code", sa.Integer(), nullable=True, comment="The server's answer, if any."
        ),
        sa.Column(
            "target_status",
            sa.Integer(),
            nullable=True,
            comment="What the target page's server answered, if asked.",
        ),
        _json("robots", "What robots meta and X-Robots-Tag say."),
        sa.Column(
            "canonical", sa.Text(), nullable=True, comment="The address the page calls its own."
        ),
        _json("links", "Links to the target: href, anchor, rel, what hides them."),
        sa.Column(
            "label",
            sa.String(200),
            nullable=True,
            comment="The advertising label that was found.",
        ),
        sa.Column(
            "containment",
            sa.Float(),
            nullable=True,
            comment="Share of the signed text that the page holds, 0 to 1; null: not known.",
        ),
        sa.Column(
            "page_sha256",
            sa.String(64),
            nullable=True,
            comment="Of the body as received, in hex.",
        ),
        sa.Column("verdict", sa.String(32), nullable=False, comment="The one that matters most."),
        sa.Column("reason", sa.Text(), nullable=False, comment="That verdict in words."),
        _json("findings", "Every verdict with its reason and its evidence."),
        sa.PrimaryKeyConstraint("id", name="pk_link_checks"),
        sa.UniqueConstraint("watch_id", "attempt", name="uq_link_checks_watch_id_attempt"),
        sa.ForeignKeyConstraint(
            ["watch_id"],
            ["link_watches.id"],
            name="fk_link_checks_watch_id_link_watches",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "verdict IN ('ok', 'not_found', 'wrong_target', 'wrong_anchor', 'wrong_rel',"
            " 'empty_anchor', 'hidden', 'noindex', 'robots_blocked', 'canonical_elsewhere',"
            " 'redirected', 'http_error', 'unreachable', 'target_error', 'invalid_content',"
            " 'label_missing', 'content_changed', 'expired', 'unknown')",
            name=op.f("ck_link_checks_verdict"),
        ),
        comment="What every look at a published page found; rows are only ever added.",
    )
    op.create_index("ix_link_checks_watch_id_checked_at", "link_checks", ["watch_id", "checked_at"])


def _create_link_alerts() -> None:
    op.create_table(
        "link_alerts",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("watch_id", sa.String(36), nullable=False, comment="The watch it belongs to."),
        sa.Column(
            "key",
            sa.String(64),
            nullable=False,
            comment="What it is about: the same for the same thing.",
        ),
        sa.Column("kind", sa.String(32), nullable=False, comment="What happened."),
        _json("verdicts", "The faults it is about."),
        sa.Column("message", sa.Text(), nullable=False, comment="What happened, in one sentence."),
        _moment("created_at", "When it was found, in UTC.", nullable=False),
        _moment("told_at", "When it was sent to its owner, in UTC; null while it was not."),
        sa.PrimaryKeyConstraint("id", name="pk_link_alerts"),
        sa.UniqueConstraint("watch_id", "key", name="uq_link_alerts_watch_id_key"),
        sa.ForeignKeyConstraint(
            ["watch_id"],
            ["link_watches.id"],
            name="fk_link_alerts_watch_id_link_watches",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "kind IN ('lost', 'changed', 'recovered', 'expiring', 'expired')",
            name=op.f("ck_link_alerts_kind"),
        ),
        comment="What there is to tell about watched links; each thing once.",
    )
    op.create_index("ix_link_alerts_created_at", "link_alerts", ["created_at"])


def downgrade() -> None:
    op.drop_table("link_alerts")
    op.drop_table("link_checks")
    op.drop_table("link_watches")


def _moment(name: str, comment: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _json(name: str, comment: str) -> sa.Column:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, kind, nullable=False, comment=comment)
