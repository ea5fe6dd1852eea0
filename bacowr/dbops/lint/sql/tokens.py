"""PostgreSQL's division of SQL into tokens and statements; SQLite's text is read by it, too.

Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class UnreadableSqlError(ValueError):
    """SQL text that can't be divided into tokens."""


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    PARAMETER = "parameter"
    OPERATOR = "operator"


_PATTERN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
    |(?P<string>[eE]'(?:[^'\\]|''|\\.)*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
    |(?P<quoted>(?:[uU]&)?"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<number>(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
    |(?P<parameter>\$\d+|%\(\w+\)s|(?<!:):[A-Za-z_]\w*|\?)
    |(?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
    |(?P<operator>::|:=|<=|>=|<>|!=|\|\||->>|->|[-+*/<>=~!@\#%^&|(),.;:\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One token that means something, and where it starts in its text."""

    kind: TokenKind
    text: str
    start: int

    @property
    def word(self) -> str:
        """Return an unquoted word in capitals, nothing for any other token."""
        return self.text.upper() if self.kind is TokenKind.WORD else ""

    @property
    def name(self) -> str:
        """Return the name the token stands for: unquoted ones in small letters."""
        if self.kind is TokenKind.QUOTED:
            mark = self.text[-1]
            return self.text[self.text.index(mark) + 1 : -1].replace(mark * 2, mark)
        return self.text.lower()

    @property
    def end(self) -> int:
        """Return the offset just behind the token."""
        return self.start + len(self.text)

    def is_operator(self, text: str) -> bool:
        """Tell whether the token is this operator."""
        return self.kind is TokenKind.OPERATOR and self.text == text


def tokenize(sql: str) -> tuple[Token, ...]:
    """Return the tokens of `sql` without white space and comments; raises UnreadableSqlError."""
    tokens: list[Token] = []
    position = 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        if match is None:
            raise UnreadableSqlError(f"it can't be read from {sql[position : position + 20]!r} on")
        kind = str(match.lastgroup)
        end = match.end()
        if kind == "comment":
            end = _end_of_comment(sql, position)
        elif kind == "dollar":
            end = _end_of_dollar(sql, match)
            tokens.append(Token(TokenKind.STRING, sql[position:end], position))
        elif kind != "space":
            tokens.append(Token(TokenKind(kind), match.group(), position))
        position = end
    return tuple(tokens)


def _end_of_comment(sql: str, start: int) -> int:
    """Return where a comment ends; PostgreSQL's nest."""
    depth = 0
    for mark in re.finditer(r"/\*|\*/", sql[start:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return start + mark.end()
    raise UnreadableSqlError("a comment has no end")


def _end_of_dollar(sql: str, opening: re.Match[str]) -> int:
    end = sql.find(opening.group(), opening.end())
    if end < 0:
        raise UnreadableSqlError(f"the text that {opening.group()} begins has no end")
    return end + len(opening.group())


def split(sql: str) -> tuple[tuple[Token, ...], ...]:
    """Return the statements of `sql`, each as its tokens without the semicolon.

    A body between BEGIN and END belongs to its CREATE TRIGGER or CREATE FUNCTION.
    """
    statements: list[tuple[Token, ...]] = []
    current: list[Token] = []
    depth = 0
    for token in tokenize(sql):
        if _has_body(current):
            depth += {"BEGIN": 1, "CASE": 1, "END": -1}.get(token.word, 0)
        if token.is_operator(";") and depth <= 0:
            statements.append(tuple(current))
            current = []
        else:
            current.append(token)
    return tuple(one for one in (*statements, tuple(current)) if one)


def _has_body(tokens: list[Token]) -> bool:
    words = {token.word for token in tokens[:6]}
    return "CREATE" in words and bool(words & {"TRIGGER", "FUNCTION", "PROCEDURE"})


def text_of(tokens: tuple[Token, ...]) -> str:
    """Return tokens in one spelling: single spaces, words in small letters."""
    return " ".join(t.text.lower() if t.kind is TokenKind.WORD else t.text for t in tokens)
