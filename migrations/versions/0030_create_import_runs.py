"""Create import_runs, so that a file is looked at before anything comes of it.

Safe while the old code runs: it knows nothing of the table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    op.create_table(
        "import_runs",
        *_owned(),
        sa.Column("kind", sa.String(32), nullable=False, comment="What the rows are."),
        sa.Column("file_name", sa.String(255), nullable=False, comment="As its owner calls it."),
        sa.Column(
            "sha256", sa.String(64), nullable=False, comment="Of the bytes that came in, in hex."
        ),
        sa.Column("size_bytes", sa.Integer(), nullable=False, comment="How many bytes came in."),
        sa.Column(
            "row_count", sa.Integer(), nullable=False, comment="How many rows hold something."
        ),
        sa.Column("status", sa.String(32), nullable=False, comment="How far it is."),
        _json("contents", "The headings and the rows, as they were read."),
        _json("mapping", "Which column is which, as a person changed it."),
        _json("settings", "What holds where a row says nothing."),
        _json("choices", "What is to become of single rows, by their numbers."),
        _json("report", "Faults, duplicates, warnings and the estimate."),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was confirmed, in UTC.",
        ),
        sa.Column(
            "outcome_id",
            sa.String(36),
            nullable=True,
            comment="The batch that came of it; an id, as batches may go.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_runs"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_import_runs_owner_id_users", ondelete="RESTRICT"
        ),
        *_checks(),
        comment="Files and pasted rows, from the first look to the confirmation.",
    )
    op.create_index(
        "ix_import_runs_owner_id_created_at_id", "import_runs", ["owner_id", "created_at", "id"]
    )
    op.create_index("ix_import_runs_owner_id_sha256", "import_runs", ["owner_id", "sha256"])


def downgrade() -> None:
    op.drop_table("import_runs")


def _owned() -> tuple[sa.Column, ...]:
    return (
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
    )


def _json(name: str, comment: str) -> sa.Column:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, kind, nullable=False, comment=comment)


def _checks() -> tuple[sa.CheckConstraint, ...]:
    conditions = {
        "counts_positive": "row_count >= 0 AND size_bytes >= 0",
        "version_positive": "version >= 1",
        "imported_when": "(status = 'imported') = (imported_at IS NOT NULL)",
        "kind": "kind IN ('orders', 'placements')",
        "status": "status IN ('open', 'imported', 'discarded')",
    }
    return tuple(
        sa.CheckConstraint(condition, name=op.f(f"ck_import_runs_{name}"))
        for name, condition in conditions.items()
    )
