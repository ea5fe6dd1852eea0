"""SQLAlchemy's constructs in SQLite's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.ddl.base import add_column
from alembic.util.sqla_compat import constraint_name_string
from sqlalchemy.schema import CreateIndex as CreateIndexElement
from sqlalchemy.types import to_instance

from bacowr.dbops.sqlite.create_table import ClauseKind
from bacowr.dbops.sqlite.table_parser import parse

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_KINDS = {
    sa.CheckConstraint: ClauseKind.CHECK,
    sa.ForeignKeyConstraint: ClauseKind.FOREIGN_KEY,
    sa.PrimaryKeyConstraint: ClauseKind.PRIMARY_KEY,
    sa.UniqueConstraint: ClauseKind.UNIQUE,
}
_COLUMN_WORDS = "ADD COLUMN "


@dataclass(frozen=True)
class Renderer:
    """Writes types, defaults, columns and constraints as the dialect's own compiler does."""

    dialect: Dialect

    @property
    def compiler(self) -> Any:  # noqa: ANN401 - SQLAlchemy's DDL compilers have no public type.
        """Return a compiler of statements that define."""
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]

    def type(self, type_: Any) -> tuple[str, str | None]:  # noqa: ANN401 - A type or its class.
        """Return a type's declaration, and its collation if it states one."""
        text = self.dialect.type_compiler_instance.process(to_instance(type_))
        column = parse(f"CREATE TABLE t (c {text})").columns[0]
        collation = column.find(ClauseKind.COLLATE)
        return column.type, collation.body if collation else None

    def default(self, server_default: Any) -> str:  # noqa: ANN401 - A string or an expression.
        """Return a default as it stands behind DEFAULT."""
        column = sa.Column("c", sa.Integer, server_default=server_default)
        text = self.compiler.get_column_specification(column)
        clause = parse(f"CREATE TABLE t ({text})").columns[0].find(ClauseKind.DEFAULT)
        return clause.body if clause else "NULL"

    def column(self, column: sa.Column[Any], **options: bool | None) -> str:
        """Return a column's definition; `options` are those of Alembic's add_column."""
        text = add_column(self.compiler, column, **options)
        return text.removeprefix(_COLUMN_WORDS)

    def constraint(self, constraint: sa.Constraint) -> str | None:
        """Return a constraint's definition; None if this dialect has no need of it."""
        rule = constraint._create_rule  # noqa: SLF001 - Alembic itself asks it like this.
        compiler = self.compiler
        if rule is not None and not rule(compiler):
            return None
        if isinstance(constraint, sa.CheckConstraint):
            return str(compiler.visit_check_constraint(constraint))
        text = compiler.process(constraint)
        return str(text) if text else None

    def index(self, index: sa.Index, *, if_not_exists: bool) -> str:
        """Return a CREATE INDEX statement."""
        statement = CreateIndexElement(index, if_not_exists=if_not_exists)
        return str(statement.compile(dialect=self.dialect)).strip()


def kind_of(constraint: sa.Constraint) -> ClauseKind | None:
    """Return what a constraint does, if its class says so."""
    return next((kind for cls, kind in _KINDS.items() if isinstance(constraint, cls)), None)


def name_of(constraint: sa.Constraint | sa.Index) -> str | None:
    """Return a constraint's final name, or None if it has none."""
    name = constraint.name
    return str(name) if constraint_name_string(name) else None
