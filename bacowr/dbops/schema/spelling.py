"""One spelling for texts that servers keep in several: expressions, definitions, defaults."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

from bacowr.dbops.sqlite.affinity import Affinity, affinity
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import (
    REMEMBERED,
    Token,
    TokenKind,
    normalized,
    quote,
    significant,
)

RESERVED_WORDS: Final = SQLiteIdentifierPreparer.reserved_words
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z")
_NUMERIC: Final = frozenset({Affinity.INTEGER, Affinity.REAL, Affinity.NUMERIC})
_CLOSE_BEFORE: Final = frozenset({",", ")", ".", ";"})
_CLOSE_BEHIND: Final = frozenset({"(", "."})
_TEXT: Final = r"'(?:[^']|'')*'"
_VALUE: Final = rf"(?:{_TEXT}|-?\d+(?:\.\d+)?)"
_TYPE: Final = (
    r"(?:\"[^\"]+\"|\w+)(?:\.(?:\"[^\"]+\"|\w+))?(?: (?:varying|precision))?"
    r"(?:\(\d+(?:,\s?\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])?"
)
_TYPED_VALUE: Final = re.compile(rf"({_VALUE})::{_TYPE}")
_VALUE_IN_PARENS: Final = re.compile(rf"(?<![\w\"])\(({_VALUE})\)")
# What PostgreSQL makes of a list of texts depends on the column's type, on types that the column
# had before, and on whether the server read its own text again, as from a restored dump.
_VARYING: Final = re.compile(rf"({_TEXT})::character varying(?:\(\d+\))?(?!\[)")
_TWICE: Final = re.compile(rf"\(({_TEXT}::text)\)::text(?!\[)")
_LIST: Final = re.compile(
    rf"\((ARRAY\[(?:{_TEXT}::text(?:, )?)*\])\)::(?:text|character varying)\[\]"
)


@lru_cache(REMEMBERED)
def spelled(sql: str) -> str:
    """Return SQLite's text on one line: no comments, keywords in capitals, quotes where needed.

    Names keep their case. Text that can't be read is returned with single spaces.
    """
    try:
        tokens = significant(sql)
    except RefusedChange:
        return " ".join(sql.split())
    parts: list[str] = []
    for before, token in zip((None, *tokens), tokens, strict=False):
        if before is not None and _needs_space(before, token):
            parts.append(" ")
        parts.append(_word(token))
    return "".join(parts)


def _needs_space(before: Token, token: Token) -> bool:
    if token.text in _CLOSE_BEFORE or before.text in _CLOSE_BEHIND:
        return False
    is_call = before.kind in {TokenKind.WORD, TokenKind.QUOTED} and not _is_keyword(before)
    return not (token.is_operator("(") and is_call)


def _is_keyword(token: Token) -> bool:
    return token.kind is TokenKind.WORD and token.text.lower() in RESERVED_WORDS


def _word(token: Token) -> str:
    if token.kind is TokenKind.WORD:
        return token.text.upper() if _is_keyword(token) else token.text
    if token.kind is TokenKind.QUOTED:
        plain = _PLAIN.match(token.name) and token.name.lower() not in RESERVED_WORDS
        return token.name if plain else quote(token.name)
    return token.text


def without_outer_parens(text: str) -> str:
    """Return an expression without the parentheses that hold all of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Return where the parenthesis that opens the text is closed; -1 if it never is."""
    depth, mark = 0, ""
    for place, letter in enumerate(text):
        if mark:
            mark = "" if letter == mark else mark
        elif letter in "'\"":
            mark = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if depth == 0:
                return place
    return -1


def sqlite_default(text: str, declared: str) -> str:
    """Return a default as the value that SQLite would store; nothing for NULL."""
    value = without_outer_parens(spelled(text))
    upper = value.upper()
    if upper == "NULL":
        return ""
    if upper in {"TRUE", "FALSE"}:
        return str(int(upper == "TRUE"))
    inner = value[1:-1]
    if value.startswith("'") and affinity(declared) in _NUMERIC and _NUMBER.match(inner):
        return inner
    return value.replace("- ", "-") if _NUMBER.match(value.replace(" ", "")) else value


def sqlite_sense(text: str) -> str:
    """Return what two SQLite texts share that mean the same: case and quotes of names are gone."""
    try:
        return normalized(text)
    except RefusedChange:
        return " ".join(text.split())


def postgres_sense(text: str) -> str:
    """Return what two PostgreSQL texts share when a dump, or another order of steps, parts them.

    That is how the texts of a list are cast: one by one, all together, or not at all.
    """
    shorter = _TWICE.sub(r"\1", _VARYING.sub(r"\1::text", " ".join(text.split())))
    return without_outer_parens(_LIST.sub(r"\1", shorter))


def postgres_default(text: str) -> str:
    """Return a default whose values have lost their types: a column gives them its own."""
    before, shorter = "", without_outer_parens(text)
    while before != shorter:
        before = shorter
        shorter = _VALUE_IN_PARENS.sub(r"\1", _TYPED_VALUE.sub(r"\1", shorter))
    inner = shorter[1:-1]
    return inner if shorter.startswith("'") and _NUMBER.match(inner) else shorter
