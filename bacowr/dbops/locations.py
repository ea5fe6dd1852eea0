"""What a database's URL says: the file, the name, the engine, the place for its copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.settings import DbOpsSettings


def sqlite_file(url: sa.URL) -> Path | None:
    """Return the file a SQLite URL names; None for another database or one in memory."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or url.query.get("mode") == "memory":
        return None
    if name.startswith("file:"):
        name = unquote(urlsplit(name).path)
    return None if name in {"", ":memory:"} else Path(name).absolute()


def database_name(url: sa.URL) -> str:
    """Return what the catalog calls the database: its file, or host and name."""
    path = sqlite_file(url)
    if path is not None:
        return str(path)
    return f"{url.host or url.query.get('host') or 'localhost'}/{url.database}"


def directory_for(url: sa.URL, settings: DbOpsSettings) -> Path | None:
    """Return where copies of this database go; None when none can be taken."""
    path = sqlite_file(url)
    if url.get_backend_name() == "sqlite" and path is None:
        return None
    if settings.backup_dir is not None:
        return settings.backup_dir.absolute()
    return None if path is None else path.parent / "backups"


def engine_version(engine: sa.Engine) -> str:
    """Return the engine's name and version as a person writes them."""
    if engine.dialect.name == "sqlite":
        return f"SQLite {engine.dialect.dbapi.sqlite_version}"  # type: ignore[union-attr] # Set.
    with engine.connect() as connection:
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
