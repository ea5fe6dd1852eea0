"""Two versions of BACOWR: the one at hand, and one after it that renames a column."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("bacowr", "migrations", "config.py", "wsgi.py", "gunicorn.conf.py", "Procfile")
LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$", re.MULTILINE)

CHANGES = (
    (
        "bacowr/jobs/ordered.py",
        """    language: Mapped[str | None] = mapped_column(
        sa.String(8), comment=""",
        """    language: Mapped[str | None] = mapped_column(
        "article_language", sa.String(8), key="language", comment=""",
    ),
    (
        "bacowr/jobs/models.py",
        """        sa.Index(None, "status", "lease_until"),
""",
        """        sa.Index(None, "status", "lease_until"),
        sa.Index(None, "language"),
""",
    ),
    (
        "bacowr/jobs/queries.py",
        """    _column.language,
""",
        """    _column.language.label("language"),
""",
    ),
)

HEAD = '''"""{title}"""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = "{down}"
branch_labels = None
depends_on = None
dbops_class = "{kind}"
'''
ADD = """

def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "article_language",
            sa.String(8),
            nullable=True,
            comment="The article's language; null follows the publisher.",
        ),
    )


def downgrade() -> None:
    op.drop_column("jobs", "article_language")
"""
INDEX = """

def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_jobs_article_language", "jobs", ["article_language"], postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index("ix_jobs_article_language", "jobs")
"""
FILL = """dbops_compatible = True

backfill = Backfill(
    table="jobs",
    where="article_language IS NULL AND language IS NOT NULL",
    sql="UPDATE jobs SET article_language = language WHERE {these}",
)


def upgrade() -> None:
    backfill.start()


def downgrade() -> None:
    pass
"""
DROP = """

def upgrade() -> None:
    op.drop_column("jobs", "language")


def downgrade() -> None:
    op.add_column("jobs", sa.Column("language", sa.String(8), nullable=True))
"""
REVISIONS = (
    ("add_article_language", "expand", ADD),
    ("index_article_language", "expand", INDEX),
    ("backfill_article_language", "data", FILL),
    ("drop_language", "contract", DROP),
)


@dataclass(frozen=True)
class Version:
    """One version of the code, in a folder of its own, as a platform has it after the build."""

    name: str
    folder: Path
    revisions: tuple[str, ...]

    @property
    def lines(self) -> dict[str, str]:
        """The processes that its Procfile names."""
        return dict(LINE.findall((self.folder / "Procfile").read_text("utf-8")))


def copy_version(name: str, source: Path, folder: Path) -> Version:
    """Return a copy of the code in another folder, byte code and all."""
    folder.mkdir()
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part)
        else:
            shutil.copy2(source / part, folder)
    paths = sorted((folder / "migrations" / "versions").glob("[0-9]*.py"))
    return Version(name, folder, tuple(path.name[:4] for path in paths))


def next_version(name: str, now: Version, folder: Path) -> Version:
    """Return the version after this one: `jobs.language` is `jobs.article_language` there."""
    copy_version(name, now.folder, folder)
    for name_of_file, old, new in CHANGES:
        _replace(folder / name_of_file, old, new)
    made = list(now.revisions)
    for slug, kind, body in REVISIONS:
        revision = f"{int(made[-1]) + 1:04}"
        text = HEAD.format(
            title=f"{slug.replace('_', ' ').capitalize()}.",
            imports="from bacowr.dbops.backfill import Backfill\n" if kind == "data" else "",
            revision=revision,
            down=made[-1],
            kind=kind,
        )
        path = folder / "migrations" / "versions" / f"{revision}_{slug}.py"
        path.write_text(text + body, "utf-8")
        made.append(revision)
    (folder / "migrations" / "HEAD").write_text(f"{path.stem}\n", "utf-8")
    return Version(name, folder, tuple(made))


def _replace(path: Path, old: str, new: str) -> None:
    """Change a file in one place; the drill has to be told of a model that looks otherwise."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} has changed: {old}"
    path.write_text(text.replace(old, new), "utf-8")
