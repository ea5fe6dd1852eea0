"""Projects whose models change: written, migrated, filled, compared."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.reading import read_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bacowr.dbops.schema.model import Schema
    from tests.plugins.project import Outside, Project

NAMES = """db = SQLAlchemy(metadata=__import__("sqlalchemy").MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}))"""


@dataclass
class Modelled:
    """A project, and what its models say at the moment."""

    project: Project
    number: int = 0
    base: str = field(init=False)

    def __post_init__(self) -> None:
        text = (self.project.folder / "app.py").read_text("utf-8")
        self.base = text.replace("db = SQLAlchemy()", f"import sqlalchemy as sa\n{NAMES}")

    @property
    def is_sqlite(self) -> bool:
        return self.project.url.startswith("sqlite")

    def models(self, text: str) -> None:
        """Let these be the models, and nothing else."""
        body = f"{self.base}\n\n{textwrap.dedent(text)}"
        (self.project.folder / "app.py").write_text(body, "utf-8")

    def migrate(self, *words: str, message: str = "Change what is sold") -> Outside:
        """Run `flask db migrate`."""
        self.number += 1
        name = f"{self.number:04}"
        return self.project.db("migrate", "-m", message, "--rev-id", name, *words)

    def begin(self, text: str, rows: Sequence[str] = ()) -> None:
        """Have the models in the database, by a first revision, and rows in it."""
        self.models(text)
        made = self.migrate(message="Create what is sold")
        assert made.code == 0, made.text
        self.upgrade()
        for row in rows:
            self.project.execute(row)

    def upgrade(self) -> None:
        done = self.project.db("upgrade")
        assert done.code == 0, done.text

    def downgrade(self) -> None:
        done = self.project.db("downgrade")
        assert done.code == 0, done.text

    def schema(self) -> Schema:
        engine = sa.create_engine(self.project.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return read_schema(connection)

    def file(self) -> str:
        """Return the newest revision's file."""
        return self.newest().read_text("utf-8")

    def newest(self) -> Path:
        return max((self.project.folder / "migrations" / "versions").glob("*.py"))

    def files(self) -> int:
        return len(list((self.project.folder / "migrations" / "versions").glob("*.py")))

    def body(self, name: str) -> str:
        """Return the lines of upgrade() or downgrade() in the newest file."""
        found = re.search(rf"def {name}\(\):\n(.*?)(?=\n\n\n|\Z)", self.file(), re.DOTALL)
        assert found
        return found[1]

    def there_and_back(self) -> None:
        """Apply the newest revision, find nothing left to do, and take it back."""
        before = self.schema()
        self.upgrade()
        after = self.schema()
        again = self.migrate()
        assert again.out.splitlines()[-1] == "No changes in schema detected.", again.text
        assert again.code == 0
        self.downgrade()
        assert [one.to_text() for one in compare(before, self.schema())] == []
        self.upgrade()
        assert [one.to_text() for one in compare(after, self.schema())] == []


@pytest.fixture
def modelled(project: Project) -> Modelled:
    return Modelled(project)


@pytest.fixture
def on_sqlite(sqlite_project: Project) -> Modelled:
    return Modelled(sqlite_project)


@pytest.fixture
def on_postgres(postgres_project: Project) -> Modelled:
    return Modelled(postgres_project)
