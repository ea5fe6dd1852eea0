"""What the database of the drill holds, asked from beside; nothing may get lost in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.drill.load import Load

NEW = "article_language"
Done = dict[tuple[str, str], tuple[int, str]]


@dataclass
class Books:
    """Reads the database, and remembers which steps were done when it last looked."""

    engine: sa.Engine
    done: Done = field(default_factory=dict)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def count(self, what: str) -> int:
        return int(str(self.rows(f"SELECT count(*) FROM {what}")[0][0]))

    @property
    def heads(self) -> set[object]:
        return {head for (head,) in self.rows("SELECT version_num FROM alembic_version")}

    @property
    def columns(self) -> set[str]:
        return {column["name"] for column in sa.inspect(self.engine).get_columns("jobs")}

    @property
    def indexes(self) -> set[str | None]:
        return {index["name"] for index in sa.inspect(self.engine).get_indexes("jobs")}

    @property
    def backfill(self) -> object:
        return self.rows("SELECT state FROM dbops_backfills")[0][0]

    @property
    def unfilled(self) -> int:
        return self.count(f"jobs WHERE {NEW} IS NULL")

    def is_idle(self) -> bool:
        return not self.count("jobs WHERE status IN ('pending', 'processing')")

    def check_orders(self, load: Load, owner_id: str) -> int:
        """Compare the orders that were accepted with the rows there are; return all rows."""
        stored = {job for (job,) in self.rows(f"SELECT id FROM jobs WHERE owner_id = '{owner_id}'")}
        assert stored == set(load.ordered)
        return self.count("jobs")

    def check_steps(self) -> int:
        """See that a step that was done once is still done, with the same output."""
        now = self._done()
        lost = {key for key, was in self.done.items() if now.get(key) != was}
        assert not lost
        self.done = now
        return len(now)

    def check_languages(self, load: Load, seeded: Iterable[tuple[str, str]]) -> None:
        """See that each order has the language it was given, whichever version took it."""
        stored = set(self.rows(f"SELECT id, {NEW} FROM jobs"))
        wanted = {job: order["language"] for job, order in load.ordered.items()}
        assert stored == {*wanted.items(), *seeded}

    def _done(self) -> Done:
        found = self.rows("SELECT job_id, name, attempt, output FROM job_steps WHERE status='done'")
        return {
            (str(job), str(name)): (
                int(str(attempt)),
                hashlib.sha256(repr(output).encode()).hexdigest(),
            )
            for job, name, attempt, output in found
        }
