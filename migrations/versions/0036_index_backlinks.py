"""Index backlinks by customer, expiry and job, so that each is found without reading them all.

Safe while the old code runs: PostgreSQL builds the indexes while others write.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
dbops_class = "expand"


INDEXED = ("customer", "expires_on", "job_id")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for column in INDEXED:
            _drop(column)
            op.create_index(
                f"ix_backlinks_owner_id_{column}",
                "backlinks",
                ["owner_id", column],
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for column in reversed(INDEXED):
            _drop(column)


def _drop(column: str) -> None:
    op.drop_index(
        f"ix_backlinks_owner_id_{column}",
        "backlinks",
        if_exists=True,
        postgresql_concurrently=True,
    )
