"""The parts of an ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.columns import read_column, read_constraint
from bacowr.dbops.lint.sql.reader import Reader, parts_of
from bacowr.dbops.lint.sql.statements import Act, Action
from bacowr.dbops.lint.sql.tokens import text_of
from bacowr.dbops.lint.sql.types import read_type

if TYPE_CHECKING:
    from collections.abc import Callable

CONSTRAINT_WORDS = {"CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE"}


def read_actions(reader: Reader) -> tuple[Action, ...]:
    """Read all that follows the table's name."""
    return tuple(_read_action(Reader(part)) for part in parts_of(reader.rest()))


def _read_action(reader: Reader) -> Action:
    words = frozenset(token.word for token in reader.tokens if token.word)
    verb = reader.word
    reader.skip()
    read = READERS.get(verb)
    action = read(reader) if read else Action(Act.OTHER)
    return Action(
        action.act,
        action.column,
        action.definition,
        action.constraint,
        action.type,
        action.collation,
        action.using,
        action.new,
        action.default,
        words,
    )


def _add(reader: Reader) -> Action:
    if reader.word in CONSTRAINT_WORDS:
        name = reader.name() if reader.take("CONSTRAINT") else ""
        return Action(Act.ADD_CONSTRAINT, constraint=read_constraint(reader, name))
    reader.take("COLUMN")
    reader.take("IF", "NOT", "EXISTS")
    definition = read_column(reader)
    return Action(Act.ADD_COLUMN, column=definition.name, definition=definition)


def _drop(reader: Reader) -> Action:
    if reader.take("CONSTRAINT"):
        reader.take("IF", "EXISTS")
        return Action(Act.DROP_CONSTRAINT, new=reader.name())
    reader.take("COLUMN")
    reader.take("IF", "EXISTS")
    return Action(Act.DROP_COLUMN, column=reader.name())


def _rename(reader: Reader) -> Action:
    if reader.take("TO"):
        return Action(Act.RENAME_TABLE, new=reader.name())
    if reader.take("CONSTRAINT"):
        return Action(Act.RENAME_CONSTRAINT, column=reader.name())
    reader.take("COLUMN")
    old = reader.name()
    reader.take("TO")
    return Action(Act.RENAME_COLUMN, column=old, new=reader.name())


def _alter(reader: Reader) -> Action:
    """Read what is done to a column or a constraint."""
    if reader.take("CONSTRAINT"):
        return Action(Act.OTHER)
    reader.take("COLUMN")
    column = reader.name()
    if reader.take("SET", "DATA", "TYPE") or reader.take("TYPE"):
        return _type(reader, column)
    if reader.take("SET", "DEFAULT"):
        return Action(Act.SET_DEFAULT, column, default=reader.rest())
    for words, act in COLUMN_ACTS:
        if reader.take(*words):
            return Action(act, column)
    return Action(Act.OTHER, column)


def _type(reader: Reader, column: str) -> Action:
    kind = read_type(reader)
    collation = reader.name() if reader.take("COLLATE") else ""
    using = text_of(reader.rest()) if reader.take("USING") else ""
    return Action(Act.SET_TYPE, column, type=kind, collation=collation, using=using)


COLUMN_ACTS = (
    (("DROP", "DEFAULT"), Act.DROP_DEFAULT),
    (("SET", "NOT", "NULL"), Act.SET_NOT_NULL),
    (("DROP", "NOT", "NULL"), Act.DROP_NOT_NULL),
    (("SET", "STATISTICS"), Act.SET_STATISTICS),
    (("SET", "STORAGE"), Act.SET_STORAGE),
    (("SET", "COMPRESSION"), Act.SET_STORAGE),
    (("SET", "EXPRESSION"), Act.SET_EXPRESSION),
    (("DROP", "EXPRESSION"), Act.OTHER),
    (("ADD", "GENERATED"), Act.IDENTITY),
    (("SET", "GENERATED"), Act.IDENTITY),
    (("DROP", "IDENTITY"), Act.IDENTITY),
    (("RESET",), Act.SET_STATISTICS),
    (("SET",), Act.SET_STATISTICS),
)


def _set(reader: Reader) -> Action:
    if reader.word in {"LOGGED", "UNLOGGED"}:
        return Action(Act.SET_LOGGED)
    if reader.word in {"TABLESPACE", "ACCESS"}:
        return Action(Act.SET_PLACE)
    if reader.take("SCHEMA"):
        return Action(Act.SET_SCHEMA, new=reader.name())
    return Action(Act.OPTIONS)


def _validate(reader: Reader) -> Action:
    reader.take("CONSTRAINT")
    return Action(Act.VALIDATE, new=reader.name())


def _partition(act: Act) -> Callable[[Reader], Action]:
    def read(reader: Reader) -> Action:
        reader.take("PARTITION")
        return Action(act, new=reader.name())

    return read


def _switch(reader: Reader) -> Action:
    """ENABLE, DISABLE, FORCE, NO FORCE."""
    words = {token.word for token in reader.tokens}
    return Action(Act.ROW_SECURITY if "SECURITY" in words else Act.TRIGGER)


READERS: dict[str, Callable[[Reader], Action]] = {
    "ADD": _add,
    "DROP": _drop,
    "RENAME": _rename,
    "ALTER": _alter,
    "SET": _set,
    "RESET": lambda _: Action(Act.OPTIONS),
    "VALIDATE": _validate,
    "ATTACH": _partition(Act.ATTACH),
    "DETACH": _partition(Act.DETACH),
    "ENABLE": _switch,
    "DISABLE": _switch,
    "FORCE": _switch,
    "NO": _switch,
    "OWNER": lambda _: Action(Act.OWNER),
    "REPLICA": lambda _: Action(Act.OWNER),
    "CLUSTER": lambda _: Action(Act.OPTIONS),
}
