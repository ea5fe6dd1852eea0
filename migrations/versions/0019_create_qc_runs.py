"""Create qc_runs, finding_decisions and signoffs, so that articles can be checked and signed.

Safe while the old code runs: it knows nothing of these tables.
They come together because none of them means anything without the others.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
dbops_class = "expand"


def upgrade() -> None:
    _create_qc_runs()
    _create_finding_decisions()
    _create_signoffs()


def _create_qc_runs() -> None:
    op.create_table(
        "qc_runs",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it belongs to."),
        sa.Column("document_id", sa.String(36), nullable=False, comment="The version it is about."),
        sa.Column("status", sa.String(32), nullable=False, comment="The worst of all checks."),
        sa.Column(
            "score",
            sa.Float(),
            nullable=True,
            comment="From 0 to 100, for sorting; null when unmeasured.",
        ),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The checks, their findings and their evidence.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the text was checked, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qc_runs"),
        sa.CheckConstraint(
            "status IN ('pass', 'warning', 'needs_signoff', 'blocked')",
            name=op.f("ck_qc_runs_status"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_qc_runs_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_qc_runs_document_id_documents",
            ondelete="CASCADE",
        ),
        comment="What the checks said about versions of articles; rows are only ever added.",
    )
    op.create_index("ix_qc_runs_job_id_created_at", "qc_runs", ["job_id", "created_at"])
    op.create_index("ix_qc_runs_document_id", "qc_runs", ["document_id"])


def _create_finding_decisions() -> None:
    op.create_table(
        "finding_decisions",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it belongs to."),
        sa.Column(
            "finding_key",
            sa.String(32),
            nullable=False,
            comment="The finding's name across versions.",
        ),
        sa.Column("decision", sa.String(32), nullable=False, comment="What was decided."),
        sa.Column("reason", sa.String(500), nullable=True, comment="Why, in words."),
        sa.Column(
            "decided_by",
            sa.String(320),
            nullable=False,
            comment="Who decided, by e-mail at that time.",
        ),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.PrimaryKeyConstraint("id", name="pk_finding_decisions"),
        sa.UniqueConstraint(
            "job_id", "finding_key", name="uq_finding_decisions_job_id_finding_key"
        ),
        sa.CheckConstraint(
            "decision IN ('accepted', 'ignored')", name=op.f("ck_finding_decisions_decision")
        ),
        sa.CheckConstraint(
            "decision <> 'ignored' OR reason IS NOT NULL",
            name=op.f("ck_finding_decisions_ignored_why"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_finding_decisions_job_id_jobs", ondelete="CASCADE"
        ),
        comment="What people decided about findings.",
    )


def _create_signoffs() -> None:
    op.create_table(
        "signoffs",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID as text."),
        sa.Column("job_id", sa.String(36), nullable=False, comment="The job it belongs to."),
        sa.Column(
            "document_id", sa.String(36), nullable=False, comment="The version that was accepted."
        ),
        sa.Column("step", sa.String(32), nullable=False, comment="Which of the two steps."),
        sa.Column(
            "text_sha256",
            sa.String(64),
            nullable=False,
            comment="Of the text that was accepted, in hex.",
        ),
        sa.Column(
            "diff_sha256",
            sa.String(64),
            nullable=True,
            comment="Of the difference that was shown, in hex.",
        ),
        sa.Column("signer_id", sa.String(36), nullable=True, comment="Who signed."),
        sa.Column(
            "signer",
            sa.String(450),
            nullable=False,
            comment="Who signed, by name and e-mail at that time.",
        ),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The checklist's questions and the answers given.",
        ),
        sa.Column(
            "evidence",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="The sources, thresholds and policy packs that held at that time.",
        ),
        sa.Column(
            "seconds_spent", sa.Integer(), nullable=True, comment="How long the text was looked at."
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column(
            "voided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a later edit voided it, in UTC.",
        ),
        sa.Column(
            "void_reason", sa.String(255), nullable=True, comment="What voided it, in words."
        ),
        sa.PrimaryKeyConstraint("id", name="pk_signoffs"),
        sa.CheckConstraint("step IN ('facts', 'compliance')", name=op.f("ck_signoffs_step")),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_signoffs_void_whole")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_signoffs_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_signoffs_document_id_documents",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["users.id"], name="fk_signoffs_signer_id_users", ondelete="SET NULL"
        ),
        comment="Named persons' acceptances of articles; voided ones stay.",
    )
    op.create_index("ix_signoffs_job_id_signed_at", "signoffs", ["job_id", "signed_at"])
    op.create_index("ix_signoffs_document_id", "signoffs", ["document_id"])
    op.create_index("ix_signoffs_signer_id", "signoffs", ["signer_id"])


def downgrade() -> None:
    op.drop_table("signoffs")
    op.drop_table("finding_decisions")
    op.drop_table("qc_runs")
