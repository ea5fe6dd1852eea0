"""A place in a row of tokens that moves on as they are understood."""

from __future__ import annotations

from bacowr.dbops.lint.sql.tokens import Token, TokenKind, text_of

NAMES = (TokenKind.WORD, TokenKind.QUOTED)
OPENING = {"(": 1, "[": 1, ")": -1, "]": -1}


class Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.position = 0

    @property
    def is_done(self) -> bool:
        """Tell whether every token was read."""
        return self.position >= len(self.tokens)

    @property
    def token(self) -> Token | None:
        """Return the token that comes next."""
        return None if self.is_done else self.tokens[self.position]

    @property
    def word(self) -> str:
        """Return the word that comes next, nothing if it is no word."""
        return self.token.word if self.token else ""

    def sees(self, *words: str) -> bool:
        """Tell whether these words come next."""
        ahead = self.tokens[self.position : self.position + len(words)]
        return tuple(token.word for token in ahead) == words

    def take(self, *words: str) -> bool:
        """Step over these words if they come next."""
        if not self.sees(*words):
            return False
        self.position += len(words)
        return True

    def take_operator(self, text: str) -> bool:
        """Step over this operator if it comes next."""
        if self.token is None or not self.token.is_operator(text):
            return False
        self.position += 1
        return True

    def skip(self) -> Token | None:
        """Step over whatever comes next, and return it."""
        token = self.token
        self.position += 1
        return token

    def name(self) -> str:
        """Read a name, qualified or not; `public.` is left out. Nothing if there is none."""
        parts: list[str] = []
        while self.token is not None and self.token.kind in NAMES:
            parts.append(self.token.name)
            self.position += 1
            if not self.take_operator("."):
                break
        if len(parts) > 1 and parts[0] in {"public", "main"}:
            parts = parts[1:]
        return ".".join(parts)

    def names(self) -> tuple[str, ...]:
        """Read names with commas between them."""
        found = [self.name()]
        while self.take_operator(","):
            found.append(self.name())
        return tuple(name for name in found if name)

    def parens(self) -> tuple[Token, ...]:
        """Read what stands in parentheses, without them; nothing if none come next."""
        if not self.take_operator("("):
            return ()
        start = self.position
        depth = 1
        while not self.is_done:
            token = self.tokens[self.position]
            depth += OPENING.get(token.text, 0) if token.kind is TokenKind.OPERATOR else 0
            self.position += 1
            if depth == 0:
                return self.tokens[start : self.position - 1]
        return self.tokens[start:]

    def until(self, stops: frozenset[str]) -> tuple[Token, ...]:
        """Read up to one of these words, at this depth of parentheses."""
        start = self.position
        depth = 0
        while not self.is_done:
            token = self.tokens[self.position]
            if depth == 0 and token.word in stops and self.position > start:
                break
            depth += OPENING.get(token.text, 0) if token.kind is TokenKind.OPERATOR else 0
            self.position += 1
        return self.tokens[start : self.position]

    def rest(self) -> tuple[Token, ...]:
        """Read all that is left."""
        left = self.tokens[self.position :]
        self.position = len(self.tokens)
        return left


def names_in(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return the first name of each part between commas: a list of columns, mostly."""
    return tuple(part[0].name for part in parts_of(tokens) if part[0].kind in NAMES)


def parts_of(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], ...]:
    """Divide tokens at the commas outside of parentheses."""
    parts: list[tuple[Token, ...]] = []
    start = depth = 0
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.OPERATOR:
            depth += OPENING.get(token.text, 0)
        if depth == 0 and token.is_operator(","):
            parts.append(tokens[start:index])
            start = index + 1
    parts.append(tokens[start:])
    return tuple(part for part in parts if part)


def plain(tokens: tuple[Token, ...]) -> str:
    """Return tokens as one text without outer parentheses."""
    while len(tokens) > 1 and tokens[0].is_operator("("):
        inside = Reader(tokens)
        body = inside.parens()
        if not inside.is_done:
            break
        tokens = body
    return text_of(tokens)
