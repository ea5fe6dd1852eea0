"""Column types, and what PostgreSQL does to a table whose column takes another one."""

from __future__ import annotations

from dataclasses import dataclass

from bacowr.dbops.lint.sql.reader import Reader
from bacowr.dbops.lint.sql.tokens import Token, TokenKind, tokenize

ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "bool": "boolean",
    "decimal": "numeric",
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "national character varying": "varchar",
    "national character": "char",
    "bit varying": "varbit",
    "float8": "double precision",
    "float4": "real",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
FOLLOWERS = {
    "double": ("precision",),
    "character": ("varying",),
    "bit": ("varying",),
    "national": ("character", "varying"),
}
INTERVAL_FIELDS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"}
ZONES = (("with", "time", "zone"), ("without", "time", "zone"))


@dataclass(frozen=True)
class Type:
    """A type: its one name, its arguments and whether it is an array of them."""

    name: str
    arguments: tuple[int, ...] = ()
    is_array: bool = False

    def __str__(self) -> str:
        size = f"({', '.join(map(str, self.arguments))})" if self.arguments else ""
        return f"{self.name}{size}{'[]' if self.is_array else ''}"


UNKNOWN = Type("")


def read_type(reader: Reader) -> Type:
    """Read a type; what follows it (COLLATE, DEFAULT …) is left."""
    words = [reader.name()]
    words += [word for word in FOLLOWERS.get(words[0], ()) if reader.take(word.upper())]
    arguments = _numbers(reader.parens())
    for zone in ZONES:
        if reader.take(*(word.upper() for word in zone)):
            words.extend(zone)
    if words[0] == "interval":
        while reader.word in INTERVAL_FIELDS:
            reader.skip()
        arguments = arguments or _numbers(reader.parens())
    name = " ".join(words)
    return _of_one_name(ALIASES.get(name, name), arguments, is_array=_take_array(reader))


def _take_array(reader: Reader) -> bool:
    is_array = reader.take("ARRAY")
    while reader.take_operator("["):
        is_array = True
        while not reader.is_done and not reader.take_operator("]"):
            reader.skip()
    return is_array


def _of_one_name(name: str, arguments: tuple[int, ...], *, is_array: bool) -> Type:
    """Return the type with the arguments that PostgreSQL takes for granted."""
    if name == "numeric" and len(arguments) == 1:
        arguments = (*arguments, 0)
    if name == "char" and not arguments:
        arguments = (1,)
    return Type(name, arguments, is_array)


def _numbers(tokens: tuple[Token, ...]) -> tuple[int, ...]:
    return tuple(int(t.text) for t in tokens if t.kind is TokenKind.NUMBER and t.text.isdigit())


def type_of(text: str) -> Type:
    """Return the type that a text names."""
    return read_type(Reader(tokenize(text)))


def change_of_type(old: Type, new: Type) -> str:
    """Return the rule for a change between two types, nothing where they are the same.

    Measured on PostgreSQL 15: a rewrite unless the stored bytes serve for both types.
    """
    if old == new:
        return ""
    if old.is_array or new.is_array or not old.name:
        return "C-19"
    if old.name in TEXTUAL and new.name in TEXTUAL:
        return "C-20" if _holds_longer(old, new) else "C-21"
    if old.name == new.name == "numeric":
        return "C-22" if _holds_numbers_of(old, new) else "C-23"
    if (old.name, new.name) in COERCIBLE or (
        old.name == new.name and old.name in LENGTHENED and _holds_longer(old, new)
    ):
        return "C-25"
    return "C-24" if {old.name, new.name} <= {"timestamp", "timestamptz"} else "C-19"


LENGTHENED = {"varbit", "interval", "timestamp", "timestamptz"}
TEXTUAL = {"text", "varchar"}
COERCIBLE = {("citext", "text"), ("text", "citext"), ("varchar", "citext"), ("cidr", "inet")}


def _holds_longer(old: Type, new: Type) -> bool:
    if not new.arguments:
        return True
    return bool(old.arguments) and new.arguments[0] >= old.arguments[0]


def _holds_numbers_of(old: Type, new: Type) -> bool:
    """Tell whether a numeric keeps its scale and gains digits, or loses its limits altogether."""
    if not new.arguments:
        return True
    return bool(old.arguments) and (
        new.arguments[1] == old.arguments[1] and new.arguments[0] >= old.arguments[0]
    )
