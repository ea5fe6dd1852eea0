"""Taking over an older database, step by step; a killed run is gone on with by the next."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.dbops import backups
from bacowr.dbops.catalog import Reason
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.locations import directory_for
from bacowr.dbops.project import Project
from bacowr.dbops.standing import read_heads
from bacowr.takeover import judging, running
from bacowr.takeover.account import Account
from bacowr.takeover.aside import move_aside
from bacowr.takeover.converting import Converter
from bacowr.takeover.generations import Generation
from bacowr.takeover.groups import groups_of
from bacowr.takeover.models import Takeover, TakeoverStatus
from bacowr.takeover.running import Result, Tell
from bacowr.takeover.source import ASIDE, Source, is_aside, open_source
from bacowr.takeover.target import Imagined


@dataclass(frozen=True)
class Host:
    """Today's installation: its database, and how it is brought up to date."""

    project: Project
    heads: tuple[str, ...]
    revisions: frozenset[str]
    upgrade: Callable[[], object]


@dataclass(frozen=True)
class Wish:
    """What the operator asks for."""

    url: sa.URL
    is_dry_run: bool = False
    confirms_quarantine: bool = False
    excluded: frozenset[str] = field(default_factory=frozenset)


def take_over(host: Host, wish: Wish, tell: Tell) -> Result:
    """Bring an older database's rows over, and prove that every one is accounted for.

    Raises Refused where something speaks against it, and nothing is changed then; or where the
    sums don't agree in the end, and then the takeover counts as unfinished.
    """
    source = _source(host, wish)
    generation = judging.recognized(source, _beside(source))
    judging.check_integrity(source)
    tables = tuple(generation.tables)
    tell(f"Recognized {generation.name} in {source.shown}.")
    digest = source.digest(tables)
    takeover = _find(host, source, digest)
    if takeover is not None and takeover.status is TakeoverStatus.DONE:
        return running.result(takeover, was_done=True)
    if takeover is None:
        _judge(host, source, generation, wish)
    if wish.is_dry_run:
        return _imagined(source, generation)
    if takeover is None:
        backup = _back_up(host, source, generation, tell)
        source = _make_room(host, source, generation, tell)
        takeover = running.begin(source, generation, digest, backup)
    return running.run(takeover, source, tables, tell)


def _source(host: Host, wish: Wish) -> Source:
    own = host.project.engine.url
    if wish.url.render_as_string(hide_password=False) != own.render_as_string(hide_password=False):
        return open_source(wish.url, wish.excluded)
    here = Source(sibling(host.project.engine), in_place=True, excluded=wish.excluded)
    moved = any(is_aside(name) for name in here.tables())
    return here.aside() if moved else here


def _beside(source: Source) -> frozenset[str]:
    if not source.in_place or source.is_aside:
        return frozenset()
    return judging.own_tables(source)


def _is_ready(host: Host) -> bool:
    return set(read_heads(host.project)) == set(host.heads)


def _find(host: Host, source: Source, digest: str) -> Takeover | None:
    """Return what an earlier run noted of this source."""
    if _is_ready(host):
        return running.find(digest)
    if not source.in_place:
        raise refuse(
            "takeover-schema",
            "Today's database is not up to date.",
            where=host.project.engine.url.render_as_string(hide_password=True),
            remedy="`flask db upgrade` first.",
        )
    return None


def _judge(host: Host, source: Source, generation: Generation, wish: Wish) -> None:
    if "users" in generation.tables:
        taken = running.addresses() if _is_ready(host) else ()
        judging.check_addresses(source, taken)
        judging.check_orphans(source, confirmed=wish.confirms_quarantine)
    judging.check_writers(source, tuple(generation.tables))
    judging.check_room(source, host.project.engine.url)


def _imagined(source: Source, generation: Generation) -> Result:
    """Convert everything for nobody, to see what would become of it."""
    target, now = Imagined(), clock.now()
    accounts = []
    for step in running.steps_for(generation.tables):
        account = Account(step.table, source.count(step.table))
        converter = Converter(step, groups_of(step.table, source), target, "")
        cursor: str | None = None
        while placed := source.batch(step.table, cursor, running.BATCH):
            done = converter.convert(placed, now)
            target.write(done.records)
            account.add(done.account)
            cursor = placed[-1][0]
        accounts.append(account)
    return Result(generation.name, source.shown, tuple(accounts), is_dry_run=True)


def _back_up(host: Host, source: Source, generation: Generation, tell: Tell) -> str:
    settings = host.project.settings
    beside = directory_for(host.project.engine.url, settings)
    place = replace(settings, backup_dir=beside or settings.backup_dir)
    with backups.alone(source.engine.url, settings.busy_timeout):
        made = backups.take(source.engine, place, (generation.name,), Reason.HAND)
    tell(f"Copied to {made.path}; the copy was read back and is whole.")
    return str(made.path)


def _make_room(host: Host, source: Source, generation: Generation, tell: Tell) -> Source:
    if not source.in_place:
        return source
    if not source.is_aside:
        foreign = not set(source.versions()) & host.revisions
        move_aside(tuple(generation.tables), with_version=foreign)
        tell(f"Moved {len(generation.tables)} older tables aside, as {ASIDE}….")
    host.upgrade()
    return source.aside()
