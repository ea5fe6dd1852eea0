"""Create backlinks, so that each link is followed from the agreement to the page.

Safe while the old code runs: it knows nothing of this table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backlinks",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("owner_id", sa.String(36), nullable=False, comment="Whose it is."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made, in UTC.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The last change, in UTC.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts the changes, so that none is overwritten.",
        ),
        sa.Column(
            "deal_type", sa.String(32), nullable=False, comment="What the link was given for."
        ),
        sa.Column("placement", sa.String(32), nullable=False, comment="Where it is."),
        sa.Column(
            "publisher_domain",
            sa.String(255),
            nullable=False,
            comment="The site that carries the link; lower case.",
        ),
        sa.Column(
            "publisher_url",
            sa.Text(),
            nullable=True,
            comment="The page that carries the link, once there is one.",
        ),
        sa.Column("target_url", sa.Text(), nullable=False, comment="The page it links to."),
        sa.Column("anchor_text", sa.Text(), nullable=False, comment="The clickable text."),
        sa.Column(
            "agreed_rel", sa.String(32), nullable=False, comment="What was agreed about rel."
        ),
        sa.Column(
            "ad_label",
            sa.String(120),
            nullable=True,
            comment="The wording that marks advertising; null when unknown.",
        ),
        sa.Column("language", sa.String(32), nullable=True, comment="The page's language."),
        sa.Column("category", sa.Text(), nullable=True, comment="The owner's own category."),
        sa.Column("notes", sa.Text(), nullable=True, comment="The owner's own words."),
        sa.Column(
            "tags",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The owner's tags.",
        ),
        sa.Column(
            "domain_authority", sa.Integer(), nullable=True, comment="As told by a third party."
        ),
        sa.Column(
            "page_authority", sa.Integer(), nullable=True, comment="As told by a third party."
        ),
        sa.Column(
            "traffic_estimate",
            sa.BigInteger(),
            nullable=True,
            comment="Visitors a month, as told by a third party.",
        ),
        sa.Column(
            "backlink_count",
            sa.BigInteger(),
            nullable=True,
            comment="Links to the page, as told by a third party.",
        ),
        sa.Column(
            "custom_metrics",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="Whatever else the owner measures.",
        ),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the page went live, in UTC.",
        ),
        sa.Column(
            "expires_on", sa.Date(), nullable=True, comment="The last day that was agreed on."
        ),
        sa.Column(
            "job_id",
            sa.String(36),
            nullable=True,
            comment="The job whose article carries it; an id, as jobs may go.",
        ),
        sa.Column(
            "match_key",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of page or site, target and anchor: the same for the same link.",
        ),
        sa.Column(
            "is_possible_duplicate",
            sa.Boolean(),
            nullable=False,
            comment="Whether an older record is about the same link and says otherwise.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_backlinks"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_backlinks_owner_id_users", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "agreed_rel IN ('follow', 'nofollow', 'sponsored', 'unknown')",
            name=op.f("ck_backlinks_agreed_rel"),
        ),
        sa.CheckConstraint(
            "deal_type IN ('paid', 'product', 'exchange', 'affiliate', "
            "'editorial', 'own_site', 'unknown')",
            name=op.f("ck_backlinks_deal_type"),
        ),
        sa.CheckConstraint(
            "placement IN ('agreed', 'drafted', 'sent', 'published', 'lost', 'removed', 'expired')",
            name=op.f("ck_backlinks_placement"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_backlinks_version_positive")),
        comment="Agreed links, from the agreement to the page they stand on.",
    )
    op.create_index(
        "ix_backlinks_owner_id_created_at_id", "backlinks", ["owner_id", "created_at", "id"]
    )
    op.create_index("ix_backlinks_owner_id_match_key", "backlinks", ["owner_id", "match_key"])
    op.create_index(
        "ix_backlinks_owner_id_publisher_domain", "backlinks", ["owner_id", "publisher_domain"]
    )


def downgrade() -> None:
    op.drop_table("backlinks")
