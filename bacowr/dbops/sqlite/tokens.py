"""SQLite's own division of SQL into tokens, with every character of the text kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bacowr.dbops.sqlite.refusal import RefusedChange

REMEMBERED: Final = 4_096
"""How many texts are read once: the objects and clauses of a schema of some hundred tables."""


class TokenKind(StrEnum):
    """What a token is, as `tokenize.c` of SQLite tells them apart."""

    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    QUOTED = "quoted"
    BLOB = "blob"
    NUMBER = "number"
    VARIABLE = "variable"
    WORD = "word"
    OPERATOR = "operator"


_PATTERN = re.compile(
    r"""
    (?P<space>[ \t\n\f\r]+)
    |(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<blob>[xX]'(?:[0-9A-Fa-f]{2})*')
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>0[xX][0-9A-Fa-f_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)
    |(?P<variable>\?[0-9]*|[:@$\#][A-Za-z0-9_$\x80-\U0010ffff]+)
    |(?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
    |(?P<operator>->>|->|\|\||<<|>>|<=|>=|==|!=|<>|[-+*/%&|~<>=(),.;])
    """,
    re.VERBOSE | re.DOTALL,
)
_TRIVIA = frozenset({TokenKind.SPACE, TokenKind.COMMENT})
_NAMES = frozenset({TokenKind.WORD, TokenKind.QUOTED, TokenKind.STRING})
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_CLOSING = {'"': '"', "`": "`", "[": "]", "'": "'"}


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text to the letter and where it starts."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return the offset just behind the token."""
        return self.start + len(self.text)

    @property
    def is_trivia(self) -> bool:
        """Tell whether the token is white space or a comment."""
        return self.kind in _TRIVIA

    @property
    def is_name(self) -> bool:
        """Tell whether the token can be a name; SQLite takes a 'string' for one, too."""
        return self.kind in _NAMES

    @property
    def name(self) -> str:
        """Return the name without its quotes."""
        return unquote(self.text)

    def is_word(self, *words: str) -> bool:
        """Tell whether the token is one of these unquoted words, in any case."""
        return self.kind is TokenKind.WORD and self.text.upper() in words

    def is_operator(self, text: str) -> bool:
        """Tell whether the token is this operator."""
        return self.kind is TokenKind.OPERATOR and self.text == text


@lru_cache(REMEMBERED)
def tokenize(sql: str) -> tuple[Token, ...]:
    """Divide `sql` into tokens whose texts, joined, are `sql` again.

    Raises RefusedChange on text that SQLite itself could not read.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        if match is None:
            around = sql[position : position + 20]
            raise RefusedChange(f"This SQL cannot be read from {around!r} on; write it anew.")
        tokens.append(Token(TokenKind(str(match.lastgroup)), match.group(), position))
        position = match.end()
    return tuple(tokens)


@lru_cache(REMEMBERED)
def significant(sql: str) -> tuple[Token, ...]:
    """Return the tokens of `sql` that are neither white space nor comment."""
    return tuple(token for token in tokenize(sql) if not token.is_trivia)


@lru_cache(REMEMBERED)
def normalized(sql: str) -> str:
    """Return `sql` in one spelling: single spaces, no comments, plain names in lower case.

    Two texts with the same normal form mean the same to SQLite; strings are left as they are.
    """
    return " ".join(_spelling(token) for token in significant(sql))


def _spelling(token: Token) -> str:
    if token.kind is TokenKind.QUOTED or token.kind is TokenKind.WORD:
        return token.name.lower()
    return token.text


def quote(name: str) -> str:
    """Return `name` as a quoted SQL name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def unquote(text: str) -> str:
    """Return the name or string that a token's text stands for."""
    closing = _CLOSING.get(text[:1])
    if closing is None:
        return text
    inner = text[1:-1]
    return inner if closing == "]" else inner.replace(closing * 2, closing)


def same_name(one: str, other: str) -> bool:
    """Tell whether SQLite takes two names for the same: ASCII letters in any case."""
    return fold(one) == fold(other)


def fold(name: str) -> str:
    """Return `name` with its ASCII capitals made small, as SQLite compares names."""
    return name.translate(_SMALL)


def mentions(sql: str, name: str) -> bool:
    """Tell whether `name` stands in `sql` as a name, and not as a string or a function."""
    tokens = significant(sql)
    followers = (*tokens[1:], None)
    return any(
        token.kind in (TokenKind.WORD, TokenKind.QUOTED)
        and same_name(token.name, name)
        and not (
            token.kind is TokenKind.WORD and following is not None and following.is_operator("(")
        )
        for token, following in zip(tokens, followers, strict=True)
    )
