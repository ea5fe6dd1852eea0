"""Where a database stands: revisions, the record, leftovers, copies. Only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from bacowr.dbops import catalog
from bacowr.dbops.adoption import find_edited
from bacowr.dbops.ahead import check_compatible, knows, look_ahead
from bacowr.dbops.backfill.store import Store
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import Refused
from bacowr.dbops.history import RevisionFacts, ancestors, read_facts
from bacowr.dbops.leftovers import find_leftovers
from bacowr.dbops.locations import database_name, directory_for, engine_version, sqlite_file
from bacowr.dbops.record import applied, read_log
from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.script import ScriptDirectory

    from bacowr.dbops.backfill.store import Status
    from bacowr.dbops.catalog import Backup
    from bacowr.dbops.project import Project
    from bacowr.dbops.record import Entry


@dataclass(frozen=True)
class Standing:
    """One look at a database, beside the revisions' files."""

    database: str
    engine: str
    exists: bool
    heads: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    pending: tuple[RevisionFacts, ...] = ()
    log: tuple[Entry, ...] = ()
    backups: tuple[Backup, ...] = ()
    backfills: tuple[Status, ...] = ()
    findings: tuple[Finding, ...] = ()


def heads_on(connection: sa.Connection, project: Project) -> tuple[str, ...]:
    """Return the heads that the version table names."""
    opts = {"version_table": project.version_table, "version_table_schema": project.schema}
    return tuple(MigrationContext.configure(connection, opts=opts).get_current_heads())


def read_heads(project: Project) -> tuple[str, ...]:
    """Return the database's heads; none for a SQLite file that isn't there, and none is made."""
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        return ()
    with sibling(project.engine).connect() as connection:
        return heads_on(connection, project)


def find_heads(project: Project) -> tuple[str, ...]:
    """Return the database's heads, or none where it can't be read."""
    try:
        return read_heads(project)
    except sa.exc.SQLAlchemyError:
        return ()


def look(project: Project, directory: ScriptDirectory) -> Standing:
    """Look where the database stands. Raises what the database raises."""
    url = project.engine.url
    shown = url.render_as_string(hide_password=True)
    place = directory_for(url, project.settings)
    copies = catalog.listed(place, database_name(url)) if place else []
    path = sqlite_file(url)
    if path is not None and not path.exists():
        pending = pending_from(directory, ())
        return Standing(shown, "", exists=False, pending=pending, backups=tuple(copies))
    with sibling(project.engine).connect() as connection:
        heads = heads_on(connection, project)
        log = read_log(connection, project.schema)
        backfills = Store(project.schema).read(connection)
        ahead = ahead_findings(connection, directory, heads, project.schema)
        findings = [*ahead, *find_edited(directory, applied(log)), *find_leftovers(connection)]
    return Standing(
        database=shown,
        engine=engine_version(sibling(project.engine)),
        exists=True,
        heads=heads,
        titles=titles_of(directory, heads),
        pending=() if ahead else pending_from(directory, heads),
        log=log,
        backups=tuple(copies),
        backfills=backfills,
        findings=tuple(findings),
    )


def ahead_findings(
    connection: sa.Connection,
    directory: ScriptDirectory,
    heads: Sequence[str],
    schema: str | None,
) -> list[Finding]:
    """Return what there is to say about revisions that the code doesn't know."""
    try:
        ahead = look_ahead(connection, directory, heads, schema)
        return [] if ahead is None else [check_compatible(ahead, directory)]
    except Refused as refused:
        return [refused.finding]


def titles_of(directory: ScriptDirectory, heads: Sequence[str]) -> dict[str, str]:
    """Return the titles of the heads that there are files for."""
    titles = {}
    for head in heads:
        script = directory.get_revision(head) if knows(directory, head) else None
        titles[head] = read_facts(script).title if script is not None else ""
    return titles


def pending_from(directory: ScriptDirectory, heads: Sequence[str]) -> tuple[RevisionFacts, ...]:
    """Return the revisions that an upgrade to all heads would apply, the oldest first."""
    done = set(ancestors(directory, heads))
    known = list(directory.walk_revisions("base", "heads"))
    return tuple(read_facts(one) for one in reversed(known) if one.revision not in done)
