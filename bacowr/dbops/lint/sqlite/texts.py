"""Statements that a revision writes itself: L-24, L-25."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.statements import Verb
from bacowr.dbops.lint.sql.tokens import TokenKind
from bacowr.dbops.lint.sqlite.sights import Sight, rule
from bacowr.dbops.report import Level
from bacowr.dbops.sqlite.tokens import fold, significant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.sql.statements import Statement

IGNORED_PRAGMAS = {"foreign_keys", "journal_mode"}
DEFINING = {Verb.CREATE_TABLE, Verb.CREATE_INDEX, Verb.CREATE_VIEW, Verb.CREATE_TRIGGER}


@rule(
    "L-24",
    "does nothing inside a transaction, and says nothing either",
    "Set it before BEGIN: in env.py, or let dbops' run_migrations() see to foreign keys.",
)
def _pragma(sight: Sight) -> Iterator[tuple[str, Level]]:
    for statement in sight.change.statements:
        names = [token.name for token in statement.tokens[1:2]]
        if statement.verb is Verb.PRAGMA and names and names[0] in IGNORED_PRAGMAS:
            sets = len(statement.tokens) > 2  # noqa: PLR2004 - PRAGMA, its name, and a value.
            if sets:
                yield f"PRAGMA {names[0]}", Level.ERROR


@rule(
    "L-25",
    "is a name to SQLite if there is one like it, and a text if there isn't",
    "Write texts in single quotes.",
)
def _quotes(sight: Sight) -> Iterator[tuple[str, Level]]:
    quoted = [name for one in sight.change.statements for name in _quoted(one)]
    objects = sight.change.objects if quoted else ()
    known = {name for item in objects for name in _names(item.sql or "")}
    for name in quoted:
        if fold(name) not in known:
            yield f'"{name}"', Level.ERROR


def _quoted(statement: Statement) -> list[str]:
    """Return the double-quoted words of a statement that defines no names of its own."""
    if statement.verb in DEFINING or statement.verb is Verb.ALTER_TABLE:
        return []
    quoted = (one for one in statement.tokens if one.kind is TokenKind.QUOTED)
    aliases = _aliases(statement)
    return [one.name for one in quoted if one.text[0] == '"' and one.name not in aliases]


def _aliases(statement: Statement) -> set[str]:
    pairs = zip(statement.tokens, statement.tokens[1:], strict=False)
    return {following.name for token, following in pairs if token.word == "AS"}


def _names(sql: str) -> set[str]:
    return {fold(token.name) for token in significant(sql) if token.is_name}
