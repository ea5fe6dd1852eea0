"""What a Flask-Migrate project brings along: its engine, its tables, its wishes."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import current_app, has_app_context
from flask.cli import NoAppException, ScriptInfo

from bacowr.dbops.adopted import Adopted
from bacowr.dbops.engines import led_to
from bacowr.dbops.errors import refuse
from bacowr.dbops.settings import DbOpsSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask


@dataclass(frozen=True)
class Project:
    """The database side of one application, as its factory set it up."""

    engine: sa.Engine
    metadata: Any
    wishes: Mapping[str, Any]
    """What was given to Migrate(...) for `context.configure`."""
    settings: DbOpsSettings
    engine_hooks: tuple[Callable[[sa.Engine], object], ...] = ()

    @property
    def schema(self) -> str | None:
        """Return the schema of the version table, and so of the record."""
        schema: str | None = self.wishes.get("version_table_schema")
        return schema

    @property
    def version_table(self) -> str:
        """Return the name of the version table."""
        return str(self.wishes.get("version_table", "alembic_version"))


@contextmanager
def application() -> Iterator[Flask]:
    """Give the running application, or load it as the `flask` command would.

    Raises Refused when there is none: FLASK_APP is wrong, or no wsgi.py or app.py is at hand.
    """
    if has_app_context():
        yield current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Flask's documented way.
        return
    try:
        app = ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
    except NoAppException as error:
        raise refuse(
            "no-app",
            f"The Flask application could not be loaded: {error.format_message()}",
            remedy="Set FLASK_APP, or run this where wsgi.py or app.py lies.",
        ) from error
    with app.app_context():
        yield app


def read_project(app: Flask) -> Project:
    """Collect what the application brings along.

    Raises Refused when Flask-Migrate isn't set up, or the application has several databases.
    """
    migrate = app.extensions.get("migrate")
    if migrate is None:
        raise refuse(
            "no-migrate",
            "Flask-Migrate is not set up in this application.",
            remedy="Call Migrate().init_app(app, db) before DbOps().init_app(app, db).",
        )
    adopted: Adopted = app.extensions.get("dbops", Adopted())
    settings = DbOpsSettings.from_config(app.config)
    return Project(
        engine=_direct(_only_engine(migrate.db, app), settings.database_url),
        metadata=_metadata(migrate.db),
        wishes=dict(migrate.configure_args),
        settings=settings,
        engine_hooks=tuple(adopted.engine_hooks),
    )


def _only_engine(db: Any, app: Flask) -> sa.Engine:  # noqa: ANN401 - Any kind of SQLAlchemy extension.
    engines = getattr(db, "engines", {None: None})
    if len(engines) > 1 or app.config.get("SQLALCHEMY_BINDS"):
        names = sorted(str(name) for name in engines if name is not None)
        raise refuse(
            "several-binds",
            f"This application has several databases ({', '.join(names)}), "
            "which dbops does not support. Nothing was touched.",
            remedy="Keep Flask-Migrate's own env.py for it, or give each database its own app.",
        )
    engine: sa.Engine = db.engine if hasattr(db, "engine") else db.get_engine()
    return engine


def _direct(engine: sa.Engine, wanted: str) -> sa.Engine:
    """Return an engine that leads to DBOPS_DATABASE_URL, by the application's own driver."""
    if not wanted:
        return engine
    names = {engine.dialect.name, {"postgresql": "postgres"}.get(engine.dialect.name)}
    try:
        url = sa.make_url(wanted)
    except sa.exc.ArgumentError:
        url = engine.url.set(drivername="unreadable")
    if url.drivername.partition("+")[0] not in names:
        raise refuse(
            "settings",
            f"DBOPS_DATABASE_URL is not the URL of a {engine.dialect.name} database, as the "
            "application's own is.",
            remedy="Write the server's own URL, without the pooler.",
        )
    return led_to(engine, url.set(drivername=engine.url.drivername))


def _metadata(db: Any) -> Any:  # noqa: ANN401 - As above.
    metadatas = getattr(db, "metadatas", None)
    if metadatas:
        return metadatas[None]
    return getattr(db, "metadata", None) or sa.MetaData()
