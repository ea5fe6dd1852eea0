"""One statement of a revision, in the circumstances in which it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.statements import Statement, Verb

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation

TIMEOUTS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@dataclass(frozen=True)
class Step:
    """A statement, where it comes from, and whether it runs in the revision's transaction."""

    statement: Statement
    line: int
    in_transaction: bool = True
    operation: MigrateOperation | None = None

    @property
    def from_text(self) -> bool:
        """Tell whether a person wrote the SQL, rather than an operation of Alembic's."""
        return type(self.operation).__name__ in {"ExecuteSQLOp", "NoneType"}


@dataclass(frozen=True)
class Protections:
    """What the project's env.py does around each revision."""

    has_lock_timeout: bool = False
    has_statement_timeout: bool = False
    is_lossless: bool = False
    """SQLite tables are rebuilt from their stored text, with foreign keys off."""


@dataclass
class Session:
    """The settings of the connection as they stand before a statement."""

    protections: Protections
    session: dict[str, str] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str | None:
        """Return a setting's value, None where nothing set it."""
        return self.local.get(name, self.session.get(name))

    def has_timeout(self, name: str) -> bool:
        """Tell whether a limit is in force."""
        value = self.value(name)
        if value is not None:
            return value.strip("'\"").split(" ")[0].lower() not in {"0", "0s", "0ms", "default"}
        if name == "lock_timeout":
            return self.protections.has_lock_timeout
        return self.protections.has_statement_timeout

    def end_transaction(self) -> None:
        """Forget what SET LOCAL set."""
        self.local.clear()

    def apply(self, step: Step) -> None:
        """Take in a SET, a RESET or the end of a transaction."""
        statement = step.statement
        if statement.verb in {Verb.COMMIT, Verb.ROLLBACK}:
            self.end_transaction()
        elif statement.verb is Verb.RESET:
            names = [*TIMEOUTS, "timezone"] if statement.name == "all" else [statement.name]
            for name in names:
                self.local.pop(name, None)
                self.session[name] = "0" if name in TIMEOUTS else ""
        elif statement.verb is Verb.SET:
            # SET LOCAL outside a transaction only warns.
            local = "LOCAL" in statement.words
            if local and step.in_transaction:
                self.local[statement.name] = statement.columns[0]
            elif not local:
                self.session[statement.name] = statement.columns[0]
