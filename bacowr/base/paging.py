"""Lists in pages: by number for people and older clients, by key for what runs through a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from bacowr.base.db import db

T = TypeVar("T")

MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: `items`, and where they stand in `total`."""

    items: Sequence[T]
    total: int
    page: int
    page_size: int

    @property
    def total_pages(self) -> int:
        """How many pages there are; none for an empty list."""
        return -(-self.total // self.page_size)


def paginate(
    select: sa.Select[*tuple[Any, ...]], *, page: int, page_size: int, total: int
) -> Page[Any]:
    """Run `select` for page number `page` (from 1), in one statement."""
    rows = db.session.execute(select.limit(page_size).offset((page - 1) * page_size))
    items = rows.scalars().all() if len(select.column_descriptions) == 1 else rows.all()
    return Page(items, total, page, page_size)


def count(select: sa.Select[*tuple[Any, ...]]) -> int:
    """Count the rows of `select`, in one statement."""
    counted = select.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    return db.session.scalar(counted) or 0


def by_key(
    select: sa.Select[*tuple[Any, ...]],
    key: sa.SQLColumnExpression[Any],
    *,
    size: int = MAX_PAGE_SIZE,
) -> Iterator[Sequence[Any]]:
    """Walk through `select` in order of the unique `key`, `size` rows at a time.

    Each page starts after the last key of the page before, so rows that come or go meanwhile
    neither repeat nor skip others.
    """
    narrowed = select.order_by(None).add_columns(key.label("page_key")).order_by(key).limit(size)
    rows = db.session.execute(narrowed).all()
    while rows:
        yield [row[0] for row in rows]
        rows = db.session.execute(narrowed.where(key > rows[-1].page_key)).all()
