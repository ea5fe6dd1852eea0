"""The reader of CREATE TABLE texts: SQLite's grammar, as far as a table needs it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, Column, CreateTable, Span
from bacowr.dbops.sqlite.cursor import END, Cursor
from bacowr.dbops.sqlite.tokens import REMEMBERED, Token, TokenKind

_TABLE_STARTERS: Final = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_CLAUSE_STARTERS: Final = (
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "AS",
    "DEFERRABLE",
)
_CLAUSE_KINDS: Final = {
    "PRIMARY": ClauseKind.PRIMARY_KEY,
    "NULL": ClauseKind.NULL,
    "UNIQUE": ClauseKind.UNIQUE,
    "CHECK": ClauseKind.CHECK,
    "DEFAULT": ClauseKind.DEFAULT,
    "COLLATE": ClauseKind.COLLATE,
    "REFERENCES": ClauseKind.FOREIGN_KEY,
    "FOREIGN": ClauseKind.FOREIGN_KEY,
    "GENERATED": ClauseKind.GENERATED,
    "AS": ClauseKind.GENERATED,
}


@lru_cache(REMEMBERED)
def parse(sql: str) -> CreateTable:
    """Read a CREATE TABLE text; raises RefusedChange if it is something else."""
    return _Parser(sql).table()


class _Parser(Cursor):
    def table(self) -> CreateTable:
        name = self.heading()
        self.expect("(")
        columns: list[Column] = []
        constraints: list[Clause] = []
        comma: int | None = None
        while not self.peek().is_operator(")"):
            if self.peek().is_word(*_TABLE_STARTERS) and columns:
                constraints.append(replace(self.constraint(), comma=comma))
            else:
                columns.append(replace(self.column(), comma=comma))
            comma = self.take().start if self.peek().is_operator(",") else None
        close = self.take().start
        span = Span(name.start, name.end)
        options = self.options()
        return CreateTable(
            self.sql, name.name, span, tuple(columns), tuple(constraints), close, options
        )

    def heading(self) -> Token:
        if not self.accept("CREATE"):
            raise self.unreadable()
        self.accept("TEMP")
        if not self.accept("TABLE"):
            raise self.unreadable()
        self.accept("IF", "NOT", "EXISTS")
        name = self.take()
        if self.peek().is_operator("."):
            self.take()
            name = self.take()
        if not name.is_name:
            raise self.unreadable()
        return name

    def options(self) -> frozenset[str]:
        found: set[str] = set()
        while self.peek() is not END:
            if self.accept("WITHOUT", "ROWID"):
                found.add("WITHOUT ROWID")
            elif self.accept("STRICT"):
                found.add("STRICT")
            elif not self.take().is_operator(","):
                raise self.unreadable()
        return frozenset(found)

    def column(self) -> Column:
        name = self.take()
        if not name.is_name:
            raise self.unreadable()
        type_span = self.type_name(name.end)
        clauses: list[Clause] = []
        while not (self.peek().is_operator(",") or self.peek().is_operator(")")):
            clauses.append(self.clause())
        end = max((clause.span.end for clause in clauses), default=type_span.end)
        return Column(
            name=name.name,
            span=Span(name.start, end),
            name_span=Span(name.start, name.end),
            type_span=type_span,
            type=self.sql[type_span.start : type_span.end],
            clauses=tuple(clauses),
        )

    def type_name(self, start: int) -> Span:
        """Step over a declared type; a column without one has an empty span behind its name."""
        first: Token | None = None
        end = start
        while self.peek().is_name and not self.starts_clause():
            token = self.take()
            first = first or token
            end = token.end
        if first and self.peek().is_operator("("):
            self.parens()
            end = self.tokens[self.at - 1].end
        return Span(first.start if first else start, end)

    def starts_clause(self) -> bool:
        generated = self.peek().is_word("GENERATED") and self.peek(1).is_word("ALWAYS")
        return generated or self.peek().is_word(*_CLAUSE_STARTERS)

    def clause(self) -> Clause:
        start = self.peek().start
        name = self.take_name()
        if name is not None and not self.starts_clause():
            return self.finish(Clause(ClauseKind.NAME_ONLY, Span(start, start), name), start)
        if self.peek().is_word("CONSTRAINT"):
            return self.finish(Clause(ClauseKind.NAME_ONLY, Span(start, start), name), start)
        return self.finish(replace(self.clause_body(), name=name), start)

    def take_name(self) -> str | None:
        return self.take().name if self.accept("CONSTRAINT") else None

    def finish(self, clause: Clause, start: int) -> Clause:
        return replace(clause, span=Span(start, self.tokens[self.at - 1].end))

    def clause_body(self) -> Clause:
        here = Span(self.peek().start, self.peek().start)
        if self.accept("NOT", "NULL"):
            self.conflict()
            return Clause(ClauseKind.NOT_NULL, here)
        if self.peek().is_word("NOT", "DEFERRABLE"):
            self.deferral()
            return Clause(ClauseKind.DEFERRABLE, here)
        first = self.peek()
        kind = _CLAUSE_KINDS.get(first.text.upper())
        if kind is None or first.kind is not TokenKind.WORD:
            raise self.unreadable()
        self.take()
        return self.details(Clause(kind, here))

    def details(self, clause: Clause) -> Clause:
        """Step over what follows a clause's first words."""
        if clause.kind is ClauseKind.PRIMARY_KEY:
            return self.key_details(clause)
        if clause.kind is ClauseKind.CHECK:
            clause = replace(clause, body=self.parens())
        elif clause.kind is ClauseKind.DEFAULT:
            return replace(clause, body=self.default())
        elif clause.kind is ClauseKind.COLLATE:
            return replace(clause, body=self.take().name)
        elif clause.kind is ClauseKind.FOREIGN_KEY:
            return self.reference(clause)
        elif clause.kind is ClauseKind.GENERATED:
            return self.generated(clause)
        self.conflict()
        return clause

    def key_details(self, clause: Clause) -> Clause:
        start = self.at
        self.accept("KEY")
        self.accept("ASC")
        self.accept("DESC")
        self.conflict()
        self.accept("AUTOINCREMENT")
        return replace(clause, body=" ".join(t.text for t in self.tokens[start : self.at]))

    def conflict(self) -> None:
        if self.accept("ON", "CONFLICT"):
            self.take()

    def default(self) -> str:
        start = self.peek().start
        if self.peek().is_operator("("):
            self.parens()
        else:
            signed = self.peek().is_operator("+") or self.peek().is_operator("-")
            self.at += signed
            self.take()
        return self.sql[start : self.tokens[self.at - 1].end]

    def generated(self, clause: Clause) -> Clause:
        if self.accept("ALWAYS"):
            self.accept("AS")
        body = self.parens()
        stored = self.accept("STORED")
        if not stored:
            self.accept("VIRTUAL")
        return replace(clause, body=body, columns=("STORED",) if stored else ())

    def reference(self, clause: Clause) -> Clause:
        """Step over `parent (columns) ON … MATCH … DEFERRABLE …`, behind REFERENCES."""
        parent = self.take().name
        columns = self.names() if self.peek().is_operator("(") else ()
        while True:
            if self.accept("ON", "DELETE") or self.accept("ON", "UPDATE"):
                two_words = self.take().is_word("SET", "NO")
                self.at += two_words
            elif self.accept("MATCH"):
                self.take()
            else:
                break
        self.deferral()
        return replace(clause, parent=parent, parent_columns=columns)

    def deferral(self) -> None:
        deferred = self.accept("NOT", "DEFERRABLE") or self.accept("DEFERRABLE")
        if deferred and self.accept("INITIALLY"):
            self.take()

    def names(self) -> tuple[str, ...]:
        """Step over a list of key columns and return their names; an expression gives none."""
        names: list[str] = []
        opening = self.at
        self.parens()
        depth = 0
        for index in range(opening, self.at):
            token = self.tokens[index]
            starts = index == opening + 1 or self.tokens[index - 1].is_operator(",")
            if depth == 1 and starts and token.is_name:
                names.append(token.name)
            depth += token.is_operator("(") - token.is_operator(")")
        return tuple(names)

    def constraint(self) -> Clause:
        start = self.peek().start
        name = self.take_name()
        word = self.peek()
        if not word.is_word(*_TABLE_STARTERS) or word.is_word("CONSTRAINT"):
            return self.finish(Clause(ClauseKind.NAME_ONLY, Span(start, start), name), start)
        self.take()
        self.accept("KEY")
        clause = Clause(_CLAUSE_KINDS[word.text.upper()], Span(start, start), name)
        if clause.kind is ClauseKind.CHECK:
            clause = replace(clause, body=self.parens())
        else:
            opening = self.peek().end
            columns = self.names()
            body = self.sql[opening : self.tokens[self.at - 1].start]
            clause = replace(clause, columns=columns, body=body)
        if clause.kind is ClauseKind.FOREIGN_KEY:
            if not self.accept("REFERENCES"):
                raise self.unreadable()
            clause = self.reference(clause)
        self.conflict()
        return self.finish(clause, start)
