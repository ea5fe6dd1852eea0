"""Values for a column of any type, as SQL literals: usual, extreme, repeated and missing ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bacowr.dbops.sqlite.tokens import literal as text_literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bacowr.dbops.verify.rows.shapes import ColumnShape

NULL = "NULL"
LONG = 300
"""The characters of a long value where the type sets no limit."""
LIMITS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


class Style(IntEnum):
    """What a row is like."""

    USUAL = 0
    SPARSE = 1
    """Nothing where nothing may be."""
    EXTREME = 2
    """As long and as large as the type allows."""
    REPEATED = 3
    """What the first row holds, where rows may be alike."""

    @classmethod
    def of(cls, number: int) -> Style:
        """Return the style of a table's row, by its place."""
        return cls(number % len(cls))


@dataclass(frozen=True)
class Wish:
    """What is asked of a value: for which row, and whether no other row may have it."""

    number: int
    style: Style
    is_unique: bool

    @property
    def seed(self) -> int:
        """Return the number that tells this value from others."""
        repeated = self.style is Style.REPEATED and not self.is_unique
        return 0 if repeated else self.number

    @property
    def is_extreme(self) -> bool:
        """Tell whether the value is to reach the limits of the type."""
        return self.style is Style.EXTREME


class Family(IntEnum):
    """What kinds of constants can be written into a column."""

    NUMBER = 0
    TEXT = 1
    OTHER = 2


def family_of(column: ColumnShape) -> Family:
    """Return the family of a column's type."""
    if column.labels:
        return Family.TEXT
    return _kind_of(column.type)[0]


def value_for(column: ColumnShape, wish: Wish) -> str:
    """Return a literal that a column's type takes; constraints aren't looked at."""
    if wish.style is Style.SPARSE and not column.is_required:
        return NULL
    if column.labels:
        return text_literal(column.labels[wish.seed % len(column.labels)])
    if column.type.endswith("[]"):
        return text_literal("{}")
    return _kind_of(column.type)[1](column, wish)


def length_of(type_: str) -> int | None:
    """Return the most characters, or digits, that a type holds; None where it says nothing."""
    found = re.search(r"\(\s*(\d+)", type_)
    return int(found[1]) if found else None


def _kind_of(type_: str) -> tuple[Family, Callable[[ColumnShape, Wish], str]]:
    for pattern, family, make in KINDS:
        if re.search(pattern, type_):
            return family, make
    return Family.TEXT, _text


def _integer(column: ColumnShape, wish: Wish) -> str:
    limit = LIMITS.get(column.type, LIMITS["integer"])
    return str(limit - wish.seed if wish.is_extreme else wish.seed + 1)


def _decimal(column: ColumnShape, wish: Wish) -> str:
    """Return a number of the type's precision and scale: 12345.67 at most in numeric(7,2)."""
    found = re.search(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", column.type)
    precision, scale = (int(found[1]), int(found[2] or 0)) if found else (12, 2)
    whole = 10 ** max(precision - scale, 0)
    number = (whole - 1 - wish.seed) if wish.is_extreme else wish.seed + 1
    tail = f".{'5' if not wish.is_extreme else '9':0<{scale}}" if scale else ""
    return f"{abs(number) % max(whole, 1)}{tail}"


def _real(column: ColumnShape, wish: Wish) -> str:
    del column
    return f"{wish.seed + 1}.5" if not wish.is_extreme else f"1234567.{wish.seed + 1}25"


def _boolean(column: ColumnShape, wish: Wish) -> str:
    del column
    return ("TRUE", "FALSE")[wish.seed % 2]


def _text(column: ColumnShape, wish: Wish) -> str:
    """Return a text that ends in the row's number, so that cutting it short shows."""
    limit = length_of(column.type)
    number = f"{wish.seed:x}"
    if wish.is_extreme:
        room = min(limit or LONG, LONG) - len(number)
        return text_literal(("é'x" * LONG)[: max(room, 0)] + number[-(limit or LONG) :])
    word = re.sub(r"\W", "", column.name)[:12] or "x"
    whole = f"{word}-{number}"
    return text_literal(whole if limit is None or len(whole) <= limit else number[-limit:])


def _character(column: ColumnShape, wish: Wish) -> str:
    limit = length_of(column.type) or 1
    return text_literal(f"{wish.seed:x}".rjust(limit, "a")[-limit:])


def _date(column: ColumnShape, wish: Wish) -> str:
    del column
    day = wish.seed % 28 + 1
    return f"'{2020 + wish.seed // 28 % 100}-02-{day:02}'"


def _moment(column: ColumnShape, wish: Wish) -> str:
    """Return a moment with a fraction, which a date or a coarser type would lose."""
    zone = "+00" if "with time zone" in column.type else ""
    second = wish.seed % 60
    minute = wish.seed // 60 % 60
    return f"'2021-03-04 05:{minute:02}:{second:02}.123456{zone}'"


def _time(column: ColumnShape, wish: Wish) -> str:
    zone = "+00" if "with time zone" in column.type else ""
    return f"'05:{wish.seed // 60 % 60:02}:{wish.seed % 60:02}.123456{zone}'"


def _uuid(column: ColumnShape, wish: Wish) -> str:
    del column
    return f"'{wish.seed + 1:08x}-0000-4000-8000-000000000000'"


def _json(column: ColumnShape, wish: Wish) -> str:
    del column
    return text_literal(f'{{"n": {wish.seed}}}')


def _bytes(column: ColumnShape, wish: Wish) -> str:
    hexadecimal = f"00ff{wish.seed:08x}"
    return f"'\\x{hexadecimal}'" if column.type == "bytea" else f"X'{hexadecimal}'"


def _fixed(form: str) -> Callable[[ColumnShape, Wish], str]:
    def make(column: ColumnShape, wish: Wish) -> str:
        del column
        seed = wish.seed
        return text_literal(form.format(seed, seed % 256, seed // 256 % 256, seed + 1))

    return make


def _bits(column: ColumnShape, wish: Wish) -> str:
    length = length_of(column.type) or 1
    return f"B'{wish.seed % 2**length:0{length}b}'"


KINDS: tuple[tuple[str, Family, Callable[[ColumnShape, Wish], str]], ...] = (
    (r"interval", Family.OTHER, _fixed("{3} days")),
    (r"multirange", Family.OTHER, _fixed("{{}}")),
    (r"^(int4|int8|num)range", Family.OTHER, _fixed("[{0},{3})")),
    (r"range", Family.OTHER, _fixed("empty")),
    (r"^point", Family.OTHER, _fixed("({0},1)")),
    (r"^bool", Family.OTHER, _boolean),
    (r"int|serial|^oid", Family.NUMBER, _integer),
    (r"numeric|decimal", Family.NUMBER, _decimal),
    (r"real|floa|doub|money", Family.NUMBER, _real),
    (r"timestamp|datetime", Family.OTHER, _moment),
    (r"^date", Family.OTHER, _date),
    (r"^time", Family.OTHER, _time),
    (r"uuid", Family.OTHER, _uuid),
    (r"json", Family.OTHER, _json),
    (r"bytea|blob|binary", Family.OTHER, _bytes),
    (r"^(var)?bit|bit varying", Family.OTHER, _bits),
    (r"^inet|^cidr", Family.OTHER, _fixed("10.{1}.{2}.0")),
    (r"^macaddr$", Family.OTHER, _fixed("08:00:2b:01:{2:02x}:{1:02x}")),
    (r"^tsvector|^tsquery|^ltree", Family.OTHER, _fixed("word{0}")),
    (r"^xml", Family.OTHER, _fixed("<n>{0}</n>")),
    (r"^hstore", Family.OTHER, _fixed("n=>{0}")),
    (r"^char(acter)?\s*\(|^bpchar|^nchar", Family.TEXT, _character),
)
