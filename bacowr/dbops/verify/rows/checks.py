"""The CHECKs of a table, and values for a row that keep them: the database itself is asked.

A row begins with any values; while a CHECK is broken, every single change of the columns that it
names is tried, and of some pairs, in one query. The constants in the texts of the CHECKs are the
values that are likely to help.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.tokens import TokenKind, UnreadableSqlError, tokenize
from bacowr.dbops.sqlite.tokens import literal as text_literal
from bacowr.dbops.sqlite.tokens import quote
from bacowr.dbops.verify.rows.values import (
    NULL,
    Family,
    Style,
    Wish,
    family_of,
    length_of,
    value_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import sqlalchemy as sa

    from bacowr.dbops.lint.sql.tokens import Token
    from bacowr.dbops.verify.rows.shapes import ColumnShape, TableShape

ROUNDS = 40
MOST_CONSTANTS = 24
MOST_CHANGES = 120
BOLDNESS = 0.1
AS_WRITTEN = {"no_parameters": True}
"""Execution options for statements whose percent signs mean themselves."""
SPECIMENS = ("a", "abc", "A", "0", "1", "a@b.example", "https://a.example/", "2021-03-04", "{}")
"""Texts that patterns and functions in a CHECK often ask for."""

Row = dict[str, str]


@dataclass(frozen=True)
class Check:
    """One CHECK: its text, the columns it names, and the constants in it."""

    text: str
    columns: tuple[str, ...]
    constants: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str, columns: Iterable[str]) -> Check:
        """Read a CHECK's text; one that can't be read may be about any column."""
        names = {name.lower(): name for name in columns}
        try:
            tokens = tokenize(text)
        except UnreadableSqlError:
            return cls(text, tuple(names.values()))
        words = {one.name.lower() for one in tokens if one.kind in _NAMES}
        found = tuple(name for key, name in names.items() if key in words)
        return cls(text, found, tuple(dict.fromkeys(_constants(tokens))))


_NAMES = {TokenKind.WORD, TokenKind.QUOTED, TokenKind.STRING}


def _constants(tokens: Sequence[Token]) -> Iterable[str]:
    """Yield the constants, and numbers beside them, since < and > leave out their limit."""
    for token in tokens:
        if token.kind is TokenKind.STRING and token.text.startswith("'"):
            yield token.text
        elif token.kind is TokenKind.NUMBER:
            yield token.text
            if token.text.isdigit():
                yield from (str(int(token.text) + 1), str(int(token.text) - 1))


@dataclass
class Checker:
    """Asks a database whether rows keep the CHECKs of a table, and mends those that don't."""

    connection: sa.Connection
    table: TableShape
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values to choose from, of columns that are bound to a parent's key."""

    def __post_init__(self) -> None:
        names = [one.name for one in self.table.columns]
        self.kept: list[Row] = []
        self.checks = tuple(Check.read(text, names) for text in self.table.checks)
        self.named = tuple(
            one for one in self.table.columns if any(one.name in c.columns for c in self.checks)
        )

    def broken(self, rows: Sequence[Row]) -> list[list[int]]:
        """Return for each row the places of the CHECKs it breaks."""
        if not self.checks:
            return [[] for _ in rows]
        given = ", ".join(f"({self._cells(row)})" for row in rows)
        asked = ", ".join(f"({check.text})" for check in self.checks)
        alias = quote(self.table.name.rpartition(".")[2])
        names = ", ".join(quote(one.name) for one in self.named) or "nothing"
        answers = self.connection.exec_driver_sql(
            f"WITH {alias} ({names}) AS (VALUES {given}) SELECT {asked} FROM {alias}",
            execution_options=AS_WRITTEN,
        )
        return [
            [place for place, kept in enumerate(answer) if kept is not None and not kept]
            for answer in answers
        ]

    def _cells(self, row: Row) -> str:
        """Write a row's values as one line of a query, each of its column's type."""
        if not self.named:
            return "1"
        is_sqlite = self.connection.dialect.name == "sqlite"
        cells = []
        for column in self.named:
            value = row.get(column.name, NULL)
            cells.append(value if is_sqlite else f"CAST({value} AS {column.type})")
        return ", ".join(cells)

    def mend(self, row: Row, wish: Wish) -> Row | None:
        """Return the row with the CHECKs kept, or None where no such row was found."""
        chance = random.Random(f"{self.table.name}:{wish.number}")  # noqa: S311 - Chosen, not secret.
        current, broken = self._begin(row, wish)
        for _ in range(ROUNDS):
            if not broken:
                self.kept.append({one.name: current.get(one.name, NULL) for one in self.named})
                return current
            check = self.checks[chance.choice(broken)]
            options = {
                name: self._options(self.table.column(name), wish)
                for name in check.columns
                if name in row
            }
            step = self._step(_singly(current, options), chance)
            if step is None or len(step[1]) >= len(broken):
                # Where no single change helps, two may; and the walk goes on even uphill.
                step = self._step(_in_pairs(current, options, chance), chance) or step
            if step is None:
                return None
            current, broken = step
        return None

    def _begin(self, row: Row, wish: Wish) -> tuple[Row, list[int]]:
        """Return the row, or where that breaks CHECKs and there are examples, one like them."""
        broken = self.broken([row])[0]
        if not broken or len(self.kept) < len(Style):
            return dict(row), broken
        example = {
            name: value
            for name, value in self.kept[wish.number % len(self.kept)].items()
            if name in row and name not in self.slots and not self.table.is_unique(name)
        }
        return {**row, **example}, self.broken([{**row, **example}])[0]

    def _step(self, changed: list[Row], chance: random.Random) -> tuple[Row, list[int]] | None:
        """Return one of the best of several rows, and now and then any, as WalkSAT does."""
        if not changed:
            return None
        answers = self.broken(changed)
        fewest = min(len(answer) for answer in answers)
        best = [n for n, answer in enumerate(answers) if len(answer) == fewest]
        is_bold = fewest > 0 and chance.random() < BOLDNESS
        place = chance.randrange(len(changed)) if is_bold else chance.choice(best)
        return changed[place], answers[place]

    def _options(self, column: ColumnShape, wish: Wish) -> tuple[str, ...]:
        if column.name in self.slots:
            return self.slots[column.name]
        unique = self.table.is_unique(column.name)
        values = [
            value_for(column, Wish(wish.number, style, unique))
            for style in (Style.USUAL, Style.EXTREME)
        ]
        values += [] if column.is_required else [NULL]
        values += self._fitting(column, wish)
        return tuple(dict.fromkeys(values))

    def _fitting(self, column: ColumnShape, wish: Wish) -> list[str]:
        """Return the constants of the column's CHECKs that its type takes."""
        if column.labels:
            return [text_literal(label) for label in column.labels]
        constants = list(
            dict.fromkeys(
                one
                for check in self.checks
                if column.name in check.columns
                for one in check.constants
            )
        )[:MOST_CONSTANTS]
        family = family_of(column)
        if family is Family.NUMBER:
            return [one for one in constants if not one.startswith("'")]
        if family is Family.TEXT:
            return _texts(constants, column, wish)
        return ["TRUE", "FALSE"] if column.type.startswith("bool") else []


def _singly(row: Row, options: Mapping[str, Sequence[str]]) -> list[Row]:
    return [
        {**row, name: value}
        for name, values in options.items()
        for value in values
        if value != row[name]
    ]


def _in_pairs(row: Row, options: Mapping[str, Sequence[str]], chance: random.Random) -> list[Row]:
    pairs = [
        ((one, left), (other, right))
        for one, other in itertools.combinations(options, 2)
        for left, right in itertools.product(options[one], options[other])
    ]
    return [{**row, **dict(pair)} for pair in chance.sample(pairs, min(len(pairs), MOST_CHANGES))]


def _texts(constants: Iterable[str], column: ColumnShape, wish: Wish) -> list[str]:
    """Return texts for a column: the constants, what LIKE asks for, texts of a length, others."""
    texts: list[str] = []
    for constant in constants:
        if constant.startswith("'"):
            word = constant[1:-1].replace("''", "'")
            plain = word.replace("%", "").replace("_", "x")
            texts += dict.fromkeys((word, plain, f"{plain}{wish.seed:x}"))
        elif constant.isdigit() and int(constant) <= (length_of(column.type) or 1000):
            texts.append(f"{wish.seed:x}".rjust(int(constant), "a")[-int(constant) or 1 :])
    texts += SPECIMENS
    limit = length_of(column.type)
    return [text_literal(one) for one in texts if limit is None or len(one) <= limit]
