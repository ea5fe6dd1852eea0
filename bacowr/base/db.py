"""The database: the base of every model, and the unit of work. Only this file commits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import sqlalchemy as sa
import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, registry

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

P = ParamSpec("P")
R = TypeVar("R")

CALLBACKS = "after_commit"
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=NORMAL",
)
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

log = structlog.get_logger(__name__)


class Model(DeclarativeBase):
    """The base of every table."""

    registry = registry(metadata=sa.MetaData(naming_convention=NAMING_CONVENTION))

    id: Any


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine options for the database at `url`.

    On SQLite a write takes its lock when it begins, so two writers wait for each other instead of
    failing when a read turns into a write.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True, "pool_size": 16, "max_overflow": 16}
    options: dict[str, Any] = {"connect_args": {"isolation_level": "IMMEDIATE", "timeout": 10}}
    if parsed.database not in {None, "", ":memory:"}:
        options["pool_size"] = 16  # As many as a server's threads: each one opened has its price.
    return options


def prepare(engine: sa.Engine) -> None:
    """Set what every connection of the application needs; call once for each engine."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one unit of work.

    A nested call joins; the outermost commits, or rolls back when anything is raised. What
    `after_commit` was given runs once the data is safe.
    """

    @wraps(function)
    def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        if CALLBACKS in db.session.info:
            return function(*args, **kwargs)
        callbacks: list[Callable[[], object]] = []
        db.session.info[CALLBACKS] = callbacks
        try:
            _begin()
            result = function(*args, **kwargs)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            del db.session.info[CALLBACKS]
        for callback in callbacks:
            _run(callback)
        return result

    return in_transaction


def _begin() -> None:
    """Take SQLite's write lock before anything is written.

    Its driver begins at the first INSERT; a savepoint before that would be the transaction itself,
    and releasing it would commit.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def after_commit(callback: Callable[[], object]) -> None:
    """Run `callback` once the unit of work is committed, and not at all if it rolls back.

    Raises RuntimeError outside a unit of work. An error of the callback is logged, not raised:
    the data is already stored.
    """
    callbacks = db.session.info.get(CALLBACKS)
    if callbacks is None:
        raise RuntimeError("after_commit needs a function that wears @transaction.")
    callbacks.append(callback)


def _run(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        log.exception("after_commit_failed", callback=repr(callback))
