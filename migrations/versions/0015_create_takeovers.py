"""Create what a takeover keeps of itself, so that it can be resumed and proved.

Safe while the old code runs: it knows nothing of these tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "takeovers",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="Where it was, without the password."
        ),
        sa.Column(
            "source_digest",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of its tables' contents: tells it from others.",
        ),
        sa.Column(
            "generation", sa.String(64), nullable=False, comment="Which older BACOWR it was."
        ),
        sa.Column("backup", sa.Text(), nullable=False, comment="The proven copy taken before."),
        sa.Column("status", sa.String(32), nullable=False, comment="Whether it is done."),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it began, in UTC.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its sums were proved, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takeovers"),
        sa.UniqueConstraint("source_digest", name="uq_takeovers_source_digest"),
        sa.CheckConstraint(
            "(status = 'done') = (finished_at IS NOT NULL)",
            name=op.f("ck_takeovers_finished_iff_done"),
        ),
        sa.CheckConstraint("status IN ('running', 'done')", name=op.f("ck_takeovers_status")),
        comment="Older databases that were taken over.",
    )
    op.create_table(
        "takeover_steps",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("takeover_id", sa.String(36), nullable=False, comment="Which takeover."),
        sa.Column(
            "source_table",
            sa.String(64),
            nullable=False,
            comment="Which table of the older database.",
        ),
        sa.Column(
            "cursor",
            sa.Text(),
            nullable=True,
            comment="Where the last row that is done stood; stored with it.",
        ),
        sa.Column("is_done", sa.Boolean(), nullable=False, comment="Whether no row is left."),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="Rows read, written, merged, quarantined, dropped, present; repairs.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takeover_steps"),
        sa.UniqueConstraint(
            "takeover_id", "source_table", name="uq_takeover_steps_takeover_id_source_table"
        ),
        sa.ForeignKeyConstraint(
            ["takeover_id"],
            ["takeovers.id"],
            name="fk_takeover_steps_takeover_id_takeovers",
            ondelete="CASCADE",
        ),
        comment="How far each table of an older database is taken over.",
    )
    op.create_table(
        "quarantined_rows",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("takeover_id", sa.String(36), nullable=False, comment="Which takeover."),
        sa.Column("source_table", sa.String(64), nullable=False, comment="Its table."),
        sa.Column("source_id", sa.Text(), nullable=True, comment="Its id, if it had one."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it can't be used."),
        sa.Column(
            "row",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The row as it was, without keys and tokens.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quarantined_rows"),
        sa.ForeignKeyConstraint(
            ["takeover_id"],
            ["takeovers.id"],
            name="fk_quarantined_rows_takeover_id_takeovers",
            ondelete="RESTRICT",
        ),
        comment="Rows of older databases that break a rule, kept whole.",
    )
    op.create_index(
        "ix_quarantined_rows_takeover_id_source_table",
        "quarantined_rows",
        ["takeover_id", "source_table"],
    )
    op.create_table(
        "legacy_records",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("takeover_id", sa.String(36), nullable=False, comment="Which takeover."),
        sa.Column("source_table", sa.String(64), nullable=False, comment="Its table."),
        sa.Column("source_id", sa.String(36), nullable=False, comment="Its id there."),
        sa.Column(
            "record_id",
            sa.String(36),
            nullable=False,
            comment="Its id here: another one if it was merged.",
        ),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="What has no column here.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_legacy_records"),
        sa.ForeignKeyConstraint(
            ["takeover_id"],
            ["takeovers.id"],
            name="fk_legacy_records_takeover_id_takeovers",
            ondelete="RESTRICT",
        ),
        comment="What older rows held that has no column here, and ids that were merged.",
    )
    op.create_index(
        "ix_legacy_records_source_table_record_id", "legacy_records", ["source_table", "record_id"]
    )
    op.create_index(
        "ix_legacy_records_takeover_id_source_table_source_id",
        "legacy_records",
        ["takeover_id", "source_table", "source_id"],
    )


def downgrade() -> None:
    op.drop_table("legacy_records")
    op.drop_table("quarantined_rows")
    op.drop_table("takeover_steps")
    op.drop_table("takeovers")
