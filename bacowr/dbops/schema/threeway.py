"""Models, history and database side by side: who has what, and so what happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from bacowr.dbops.adoption import find_edited
from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.engines import sibling
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.record import applied, read_log
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Kind, Schema
from bacowr.dbops.schema.reading import read_schema, schema_names, within
from bacowr.dbops.schema.references import metadatas, schema_of_history, schema_of_models
from bacowr.dbops.schema.wishes import Managed, can_models_say
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.standing import ahead_findings, heads_on, pending_from

if TYPE_CHECKING:
    from alembic.config import Config

    from bacowr.dbops.history import RevisionFacts
    from bacowr.dbops.project import Project


class Party(StrEnum):
    """Whose schema it is."""

    MODELS = "models"
    HISTORY = "history"
    DATABASE = "database"


@dataclass(frozen=True)
class Drift:
    """One difference, and who is not at one with the history: the models, the database or both."""

    difference: Difference
    against: tuple[Party, ...]

    @property
    def sign(self) -> str:
        """Return + for what the history lacks, - for what only it has, ~ for the rest."""
        return {Change.UNEXPECTED: "+", Change.MISSING: "-"}.get(self.difference.change, "~")


@dataclass(frozen=True)
class Stand:
    """Where the database stands, as its version table and the record say."""

    heads: tuple[str, ...] = ()
    pending: tuple[RevisionFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    schema: Schema | None = None
    is_ahead: bool = False


@dataclass(frozen=True)
class ThreeWay:
    """The outcome of a comparison.

    `expected` is the history's schema at its heads, `there` where the database stands.
    """

    stand: Stand
    expected: Schema
    there: Schema | None = None
    drifts: tuple[Drift, ...] = ()
    reordered: tuple[Drift, ...] = ()
    compared: tuple[Party, ...] = field(default=(Party.HISTORY,))

    def of(self, *parties: Party) -> tuple[Drift, ...]:
        """Return the differences in which exactly these parties are against the history."""
        return tuple(one for one in self.drifts if one.against == parties)


def look_three_ways(project: Project, config: Config) -> ThreeWay:
    """Compare the models, the replayed history and the database.

    Without models only the history and the database are compared; a database ahead of the code is
    not, since there are no files to replay. The history is replayed once: to where the database
    stands, then on to its heads. Raises Refused where there is nowhere to replay it, and whatever
    a revision raises.
    """
    directory = ScriptDirectory.from_config(config)
    stand = look(project, directory)
    unversioned = not stand.heads
    with scratch_engine(project) as engine:
        there: Schema | None = None
        if stand.schema is not None and not stand.is_ahead and not unversioned:
            there = schema_of_history(project, config, _joined(stand.heads), engine)
        expected = schema_of_history(project, config, "heads", engine)
    there = expected if unversioned else there
    managed = Managed(project.wishes, metadatas(project))
    by_models = _models_drift(project, expected, managed)
    by_hand = _database_drift(stand, there, expected, managed)
    compared = [Party.HISTORY]
    compared += [Party.MODELS] if by_models is not None else []
    compared += [Party.DATABASE] if by_hand is not None else []
    told = _merged(by_models or [], by_hand or [])
    order = [one for one in told if one.difference.change is Change.REORDERED]
    drifts = [one for one in told if one.difference.change is not Change.REORDERED]
    return ThreeWay(stand, expected, there, tuple(drifts), tuple(order), tuple(compared))


def _joined(heads: tuple[str, ...]) -> str | tuple[str, ...]:
    return heads[0] if len(heads) == 1 else heads


def look(project: Project, directory: ScriptDirectory) -> Stand:
    """Look where the database stands and what it holds; a file that isn't there isn't made."""
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        pending = pending_from(directory, ())
        return Stand(pending=pending, findings=tuple(_not_at_head(pending, exists=False)))
    with sibling(project.engine).connect() as connection:
        heads = heads_on(connection, project)
        log = read_log(connection, project.schema)
        ahead = ahead_findings(connection, directory, heads, project.schema)
        schema = read_schema(connection, project.version_table)
    edited = find_edited(directory, applied(log))
    findings = [*ahead, *(replace(one, level=Level.ERROR) for one in edited)]
    pending = () if ahead else pending_from(directory, heads)
    if not heads and schema.items:
        findings.append(UNVERSIONED)
        return Stand((), pending, tuple(findings), schema)
    findings += _not_at_head(pending)
    kept = schema if heads else None
    return Stand(heads, pending, tuple(findings), kept, is_ahead=bool(ahead))


UNVERSIONED = Finding(
    "unversioned",
    "The database holds tables but no version, so it is compared with the newest revision.",
    remedy="flask db adopt finds the revision that it equals; flask db stamp writes it down.",
)


def _not_at_head(pending: tuple[RevisionFacts, ...], *, exists: bool = True) -> list[Finding]:
    if not pending:
        return []
    lacks = f"lacks {count_text(len(pending), 'revision')}"
    said = (
        f"is not at the newest revision: it {lacks}"
        if exists
        else f"does not exist yet: it {lacks}"
    )
    names = heads_text([one.revision for one in pending[:3]]) + (", …" if pending[3:] else "")
    return [Finding("not-at-head", f"The database {said} ({names}).", remedy="flask db upgrade")]


def _models_drift(project: Project, expected: Schema, managed: Managed) -> list[Difference] | None:
    if not managed.metadatas:
        return None
    extensions = [item.name for item in expected.of(Kind.EXTENSION)]
    with scratch_engine(project) as engine:
        models = schema_of_models(managed.metadatas, engine, extensions)
    found = compare(expected, models, order=True)
    return [one for one in found if can_models_say(one, expected) and managed.includes(one)]


def _database_drift(
    stand: Stand, there: Schema | None, expected: Schema, managed: Managed
) -> list[Difference] | None:
    if stand.schema is None or there is None:
        return None
    named = schema_names(expected) | schema_names(there) | managed.schemas
    found = compare(there, within(stand.schema, named), order=True)
    return [one for one in found if managed.includes(one)]


def _merged(by_models: list[Difference], by_hand: list[Difference]) -> list[Drift]:
    """Tell what only the models, only the database or both of them have against the history."""
    drifts: list[Drift] = []
    others = list(by_hand)
    for one in by_models:
        same = next((other for other in others if _is_same(one, other)), None)
        if same is not None:
            others.remove(same)
        against = (Party.MODELS, Party.DATABASE) if same is not None else (Party.MODELS,)
        drifts.append(Drift(one, against))
    return [*(Drift(one, (Party.DATABASE,)) for one in others), *drifts]


def _is_same(one: Difference, other: Difference) -> bool:
    """Tell whether two differences are the same change of the same thing."""
    if one.change is not other.change or one.item.identity != other.item.identity:
        return False
    return list(one.values()) == list(other.values())
