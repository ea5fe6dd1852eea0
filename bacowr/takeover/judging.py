"""What speaks against a takeover (domain 6.4): each a refusal that says what to do."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bacowr.accounts import queries
from bacowr.base.db import Model
from bacowr.dbops.copies import DiskFullError, check_disk
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.sqlite.backup import live_size
from bacowr.takeover.generations import Columns, Generation, known_tables, nearest, recognize
from bacowr.takeover.source import Source

LISTED = 20
# Tables that no older BACOWR had, and today's has.
TODAYS = ("takeovers", "api_keys", "login_sessions", "job_steps")
ORPHANS = "SELECT count(*) FROM {%s} c LEFT JOIN {users} u ON u.id = c.user_id WHERE u.id IS NULL"
WRITERS = """
    SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE c.relname IN :tables AND l.pid <> pg_backend_pid()
      AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock')"""


def recognized(source: Source, own: frozenset[str]) -> Generation:
    """Return the source's generation; `own` are tables of today's that stand beside it.

    Raises Refused for a newer schema, several version rows, and whatever no generation has.
    """
    found = source.tables()
    if not source.in_place and (there := sorted(set(TODAYS) & found.keys())):
        raise refuse(
            "takeover-newer",
            f"This is no older BACOWR: it has {', '.join(there)}, as today's have.",
            where=source.shown,
            remedy="Bring it up to date by `flask db upgrade`, or copy it by `flask db backup`.",
        )
    versions = source.versions()
    if len(versions) > 1:
        raise refuse(
            "takeover-versions",
            f"Its version table has {len(versions)} rows: {', '.join(versions)}.",
            where=source.shown,
            remedy="Find out which is right, and delete the others there.",
        )
    older = {name: cols for name, cols in source.older().items() if name not in own}
    generation = recognize(older)
    if generation is None:
        raise _unknown(source, older)
    return generation


def _unknown(source: Source, found: Mapping[str, Columns]) -> Refused:
    if not found:
        return refuse(
            "takeover-empty",
            "There are no tables of an older BACOWR.",
            where=source.shown,
            remedy="Give the address of the older database: `flask db takeover SOURCE_URL`.",
        )
    generation, told = nearest(found)
    lines = [f"    {one}" for one in told[:LISTED]]
    lines += [f"    … and {len(told) - LISTED} more"] if len(told) > LISTED else []
    strange = sorted(found.keys() - known_tables())
    excluding = " ".join(f"--exclude {name}" for name in strange)
    return refuse(
        "takeover-unknown",
        f"This is no BACOWR that is known. Nearest is {generation.name}; beyond it there is (+) "
        "or isn't (-):\n" + "\n".join(lines),
        where=source.shown,
        remedy=f"Leave foreign tables out: {excluding}"
        if strange
        else "Rename or drop in a copy what is beyond it, and take the copy over.",
    )


def check_integrity(source: Source) -> None:
    """Raise Refused for a SQLite file that is damaged."""
    if not source.is_sqlite:
        return
    found: Sequence[str]
    try:
        with source.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    except sa.exc.DatabaseError as error:
        found = [str(error.orig)]
    if found != ["ok"]:
        raise refuse(
            "takeover-damaged",
            f"The integrity check fails: {found[0]}",
            where=source.shown,
            remedy="Mend it by `sqlite3 old.db .recover | sqlite3 new.db`, or take a copy of it.",
        )


def check_addresses(source: Source, taken: Iterable[tuple[str, str, str]]) -> None:
    """Raise Refused for e-mail addresses that would be one account (N3).

    `taken` are today's: each in lower case, as it was given, and its account's id.
    """
    people: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in source.every("users"):
        email = str(row["email"] or "")
        people[queries.normalized(email)].append((email, str(row["id"])))
    told = [
        " = ".join(f"{email} ({one})" for email, one in several)
        for several in people.values()
        if len(several) > 1
    ]
    told += [
        f"{people[address][0][0]} ({people[address][0][1]}) = {email} ({one}) in today's"
        for address, email, one in taken
        if address in people and people[address][0][1] != one
    ]
    if told:
        raise refuse(
            "takeover-addresses",
            "These accounts have one e-mail address, but for its case:\n"
            + "\n".join(f"    {line}" for line in told[:LISTED]),
            where=source.shown,
            remedy="Decide which account keeps it, and change the other's address.",
        )


def orphans(source: Source) -> dict[str, int]:
    """Count the jobs and backlinks whose user is missing."""
    found = {table: int(source.query(ORPHANS % table)[0][0]) for table in ("jobs", "backlinks")}
    return {table: number for table, number in found.items() if number}


def check_orphans(source: Source, *, confirmed: bool) -> None:
    """Raise Refused for jobs or backlinks without a user, unless quarantine was confirmed."""
    found = orphans(source)
    if not found or confirmed:
        return
    told = " and ".join(f"{number} {table}" for table, number in found.items())
    raise refuse(
        "takeover-orphans",
        f"The user of {told} is missing.",
        where=source.shown,
        remedy="Keep them aside, whole and with the reason: --confirm-quarantine.",
    )


def check_writers(source: Source, tables: tuple[str, ...]) -> None:
    """Raise Refused while somebody else writes to the source."""
    path = sqlite_file(source.engine.url)
    busy = _is_busy(path) if path is not None else _postgres_writers(source, tables)
    if busy:
        raise refuse(
            "takeover-busy",
            "Another process is writing to the older database.",
            where=source.shown,
            remedy="Stop the older BACOWR and its workers first.",
        )


def _is_busy(path: Path) -> bool:
    """Tell whether the write lock is taken; it is asked for and let go, nothing is written."""
    with closing(
        sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
    ) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return "locked" in str(error)  # A file that can't be written has no writer.
    return False


def _postgres_writers(source: Source, tables: tuple[str, ...]) -> bool:
    asked = sa.text(WRITERS).bindparams(sa.bindparam("tables", expanding=True))
    with source.reading() as connection:
        names = [source.name(table) for table in tables]
        return bool(connection.execute(asked, {"tables": names}).all())


def check_room(source: Source, target: sa.URL) -> None:
    """Raise Refused when the disk has no room for the rows and a copy of the source."""
    path, goal = sqlite_file(source.engine.url), sqlite_file(target)
    if path is None or goal is None:
        return
    try:
        check_disk(goal.parent, needed=2 * live_size(path))
    except DiskFullError as error:
        raise refuse("takeover-room", f"{error}.", remedy="Free some space first.") from error


def own_tables(source: Source) -> frozenset[str]:
    """Return the tables of today's BACOWR that stand beside the older ones in one database.

    Where an upgrade came to a halt they may lack the columns of later revisions; a name that the
    older BACOWR used too is ours only with all of them.
    """
    todays = {name: frozenset(table.c.keys()) for name, table in Model.metadata.tables.items()}
    return frozenset(
        name
        for name, columns in source.tables().items()
        if name in todays
        and (columns == todays[name] or (columns < todays[name] and name not in known_tables()))
    )
