"""One spelling for texts that servers keep in several: expressions, definitions, defaults."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

from bacowr.dbops.sqlite.affinity import Affinity, affinity
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import Token, TokenKind, normalized, quote, significant

RESERVED_WORDS: Final = SQLiteIdentifierPreparer.reserved_words
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z")
_NUMERIC: Final = frozenset({Affinity.INTEGER, Affinity.REAL, Affinity.NUMERIC})
_CLOSE_BEFORE: Final = frozenset({",", ")", ".", ";"})
_CLOSE_BEHIND: Final = frozenset({"(", "."})
# What PostgreSQL writes or leaves out as it reads its own text again, as a restored dump does.
_TEXT_CAST: Final = re.compile(r"::(character varying|text|bpchar)(\(\d+\))?(\[\])?")
_ANY_CAST: Final = re.compile(
    r"((?<=')|(?<=\))|(?<=\w))::(\"[^\"]+\"|[\w.]+( (varying|precision|with(out)? time zone))?)"
    r"(\(\d+(,\s?\d+)?\))?( with(out)? time zone)?(\[\])?"
)
_ATOM: Final = re.compile(r"(?<![\w\"])\(([\w.]+|\"[^\"]+\"|'(?:[^']|'')*')\)")


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

    The server writes an expression's implicit casts between texts out, and reads them back as
    explicit ones in another place; so those are left out, and the parentheses around them.
    """
    shorter = _TEXT_CAST.sub("", " ".join(text.split()))
    before = ""
    while before != shorter:
        before = shorter
        shorter = _ATOM.sub(r"\1", shorter)
        shorter = _without_doubles(shorter)
    return without_outer_parens(shorter)


def _without_doubles(text: str) -> str:
    """Take out one pair of parentheses that only holds another pair."""
    for match in re.finditer(r"\(\(", text):
        start = match.start()
        outer = start + _closing(text[start:])
        inner = start + 1 + _closing(text[start + 1 :])
        if outer == inner + 1:
            return text[:start] + text[start + 1 : inner + 1] + text[outer + 1 :]
    return text


def postgres_default(text: str) -> str:
    """Return a default without the type it is written with: that is the column's own."""
    shorter = without_outer_parens(_ANY_CAST.sub("", without_outer_parens(text)))
    inner = shorter[1:-1]
    return inner if shorter.startswith("'") and _NUMBER.match(inner) else shorter
