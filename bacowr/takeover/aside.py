"""In place: the older tables make room for today's, in one transaction."""

import sqlalchemy as sa

from bacowr.base.db import db, transaction
from bacowr.dbops.sqlite.tokens import quote
from bacowr.takeover.source import ASIDE, VERSION_TABLE


@transaction
def move_aside(tables: tuple[str, ...], *, with_version: bool) -> None:
    """Give the older tables other names, all of them or none, and drop their indexes.

    An index of the older BACOWR would be in the way of today's, which may have the same name; it
    holds nothing that its table doesn't. The version table goes too unless it is today's.
    """
    connection = db.session.connection()
    inspector = sa.inspect(connection)
    for table in tables:
        for index in inspector.get_indexes(table):
            if index["name"] and not index.get("duplicates_constraint"):
                connection.execute(sa.text(f"DROP INDEX {quote(index['name'])}"))
        _rename(connection, table)
    if with_version and inspector.has_table(VERSION_TABLE):
        _rename(connection, VERSION_TABLE)


def _rename(connection: sa.Connection, table: str) -> None:
    connection.execute(sa.text(f"ALTER TABLE {quote(table)} RENAME TO {quote(ASIDE + table)}"))
