"""A way through the tokens of a SQL text, one after the other."""

from __future__ import annotations

from typing import Final

from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import Token, TokenKind, significant

END: Final = Token(TokenKind.SPACE, "", 0)
"""What comes behind the last token."""


class Cursor:
    """A place in the text, which only moves forward."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = significant(sql)
        self.at = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the token that comes next, or further on; END behind the last."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else END

    def take(self) -> Token:
        """Step over the next token and return it; raises RefusedChange at the end."""
        token = self.peek()
        if token is END:
            raise self.unreadable()
        self.at += 1
        return token

    def accept(self, *words: str) -> bool:
        """Step over these words if they all come next."""
        if all(self.peek(i).is_word(word) for i, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def expect(self, operator: str) -> Token:
        """Step over this operator; raises RefusedChange if something else comes next."""
        token = self.take()
        if not token.is_operator(operator):
            raise self.unreadable()
        return token

    def unreadable(self) -> RefusedChange:
        """Return the refusal that says where the text makes no sense."""
        where = self.sql[self.peek().start :][:30]
        return RefusedChange(
            f"The stored text of a table cannot be read near {where!r}: {self.sql[:60]!r}."
        )

    def parens(self) -> str:
        """Step over a balanced pair of parentheses and return what is inside."""
        start = self.expect("(").end
        depth = 1
        while depth:
            token = self.take()
            depth += token.is_operator("(") - token.is_operator(")")
        return self.sql[start : token.start]
