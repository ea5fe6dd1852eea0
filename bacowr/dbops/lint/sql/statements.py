"""A statement as the rules see it: what it does, to which table, with which options."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bacowr.dbops.lint.sql.columns import ColumnDef, Constraint
from bacowr.dbops.lint.sql.tokens import Token
from bacowr.dbops.lint.sql.types import UNKNOWN, Type


class Verb(StrEnum):
    """What a statement does."""

    ALTER_TABLE = "alter table"
    CREATE_TABLE = "create table"
    DROP_TABLE = "drop table"
    TRUNCATE = "truncate"
    CREATE_INDEX = "create index"
    ALTER_INDEX = "alter index"
    DROP_INDEX = "drop index"
    REINDEX = "reindex"
    VACUUM = "vacuum"
    CLUSTER = "cluster"
    REFRESH = "refresh materialized view"
    CREATE_VIEW = "create view"
    DROP_VIEW = "drop view"
    CREATE_TRIGGER = "create trigger"
    DROP_TRIGGER = "drop trigger"
    CREATE_TYPE = "create type"
    ALTER_TYPE = "alter type"
    DROP_TYPE = "drop type"
    ALTER_DOMAIN = "alter domain"
    POLICY = "policy"
    NAMESPACE = "extension or schema"
    COMMENT = "comment"
    SEQUENCE = "sequence"
    ROUTINE = "function or procedure"
    GRANT = "grant"
    ANALYZE = "analyze"
    LOCK = "lock"
    SET = "set"
    RESET = "reset"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    SELECT = "select"
    PRAGMA = "pragma"
    OPAQUE = "opaque"
    """It runs code of its own (DO, CALL, COPY), or can't be read at all."""


class Act(StrEnum):
    """What one part of an ALTER TABLE does."""

    ADD_COLUMN = "add column"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    RENAME_TABLE = "rename to"
    RENAME_CONSTRAINT = "rename constraint"
    SET_TYPE = "type"
    SET_DEFAULT = "set default"
    DROP_DEFAULT = "drop default"
    SET_NOT_NULL = "set not null"
    DROP_NOT_NULL = "drop not null"
    SET_STATISTICS = "statistics"
    SET_STORAGE = "storage"
    SET_EXPRESSION = "set expression"
    IDENTITY = "identity"
    ADD_CONSTRAINT = "add constraint"
    VALIDATE = "validate constraint"
    DROP_CONSTRAINT = "drop constraint"
    SET_LOGGED = "set logged"
    SET_PLACE = "set tablespace or access method"
    SET_SCHEMA = "set schema"
    ATTACH = "attach partition"
    DETACH = "detach partition"
    TRIGGER = "enable or disable trigger"
    ROW_SECURITY = "row security"
    OWNER = "owner"
    OPTIONS = "options"
    OTHER = "other"


@dataclass(frozen=True)
class Action:
    """One part of an ALTER TABLE."""

    act: Act
    column: str = ""
    definition: ColumnDef | None = None
    constraint: Constraint | None = None
    type: Type = UNKNOWN
    collation: str = ""
    using: str = ""
    new: str = ""
    default: tuple[Token, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """One statement; names are as PostgreSQL folds them, `public.` left out."""

    verb: Verb
    tokens: tuple[Token, ...]
    table: str = ""
    name: str = ""
    columns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    definitions: tuple[ColumnDef, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    why_opaque: str = ""

    @property
    def is_concurrent(self) -> bool:
        """Tell whether it avoids the lock of its plain form, and so refuses a transaction."""
        return "CONCURRENTLY" in self.words
