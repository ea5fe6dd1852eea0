"""A rebase carried out: planned, tried on copies, and only then written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops import head_file
from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.diagnose import explain
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.estimates import names_in
from bacowr.dbops.locations import database_name, sqlite_file
from bacowr.dbops.record import applied, read_log
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.reshaping.drafts import FileChanges, drafted
from bacowr.dbops.reshaping.rebasing import Rebase, plan_rebase, refuse_applied
from bacowr.dbops.reshaping.replaying import tables_of
from bacowr.dbops.reshaping.texts import RevisionText, below, heads_among, named, read_texts
from bacowr.dbops.schema.references import replay
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.standing import heads_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import ScriptDirectory

    from bacowr.dbops.git import MainBranch
    from bacowr.dbops.project import Project


@dataclass(frozen=True)
class Wish:
    """What is to stay in its place, and whether anything is to be written."""

    onto: str | None = None
    is_dry: bool = False


def rebase(
    project: Project, directory: ScriptDirectory, main: MainBranch | None, wish: Wish
) -> Report:
    """Put one branch behind the other, and the HEAD file right; with nothing to move only that.

    Raises Refused where it can't be done, or where the history then doesn't run.
    """
    texts = read_texts(directory)
    plan = plan_rebase(texts, main, wish.onto)
    findings = [*_look(project, plan), *_prove(project, directory, plan)] if plan.moves else []
    heads = _heads(texts, plan)
    if not wish.is_dry:
        _changes(plan).make()
        head_file.write(directory.dir, heads)
    return _report(plan, findings, heads, is_dry=wish.is_dry)


def _changes(plan: Rebase) -> FileChanges:
    writes = {one.path: one.text for one in plan.moves}
    return FileChanges(writes, frozenset(one.old.path for one in plan.moves))


def _heads(texts: tuple[RevisionText, ...], plan: Rebase) -> list[str]:
    """Return the ids of the heads that there are afterwards."""
    moved = {one.old.path: one for one in plan.moves}
    after = [
        RevisionText(moved[one.path].path, moved[one.path].text) if one.path in moved else one
        for one in texts
    ]
    return [one.id for one in heads_among(after)]


def _look(project: Project, plan: Rebase) -> list[Finding]:
    """Refuse what the database has; say so where there is none to ask."""
    name = database_name(project.engine.url)
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        return []
    try:
        with sibling(project.engine).connect() as connection:
            heads = heads_on(connection, project)
            standing = applied(read_log(connection, project.schema))
    except sa.exc.OperationalError:
        message = f"{name} could not be asked whether it has what moves."
        remedy = "Whoever has applied it downgrades first."
        return [Finding("not-asked", message, remedy=remedy, level=Level.WARNING)]
    refuse_applied(plan, heads, standing, name)
    return []


def _prove(project: Project, directory: ScriptDirectory, plan: Rebase) -> list[Finding]:
    """Run the history as it would be; return what both branches change."""
    with drafted(directory, _changes(plan)) as draft, scratch_engine(project) as engine:
        try:
            replay(project, draft, "heads", engine)
        except Exception as error:
            cause = explain(error)
            touched = _touched_by_both(plan, tables_of(engine))
            hint = f"Both branches change {', '.join(touched)}. " if touched else ""
            raise refuse(
                "does-not-run",
                f"In one line the history doesn't run: {cause.message} {hint}No file was changed.",
                where=cause.where,
                remedy="Correct the revision of your branch for what the other one did, and "
                "run `flask db rebase` again.",
            ) from error
        return [_hint(name) for name in _touched_by_both(plan, tables_of(engine))]


def _touched_by_both(plan: Rebase, tables: frozenset[str]) -> list[str]:
    """Return the tables that the revisions of both branches name."""
    mine = [one.old for one in plan.moves]
    roots = {parent for one in mine for parent in one.parents} - {one.id for one in mine}
    shared = set(below(plan.theirs, named(plan.theirs, roots)))
    news = [one for one in plan.theirs if one not in shared]
    return sorted(_words(mine) & _words(news) & tables)


def _words(texts: Iterable[RevisionText]) -> set[str]:
    return {word for one in texts for word in names_in(one.source)}


def _hint(table: str) -> Finding:
    return Finding(
        "both-change",
        f"Both branches change {table}.",
        remedy="Read the two together: the one behind finds what the other has made of it.",
        level=Level.INFO,
    )


def _report(plan: Rebase, findings: list[Finding], heads: list[str], *, is_dry: bool) -> Report:
    onto = plan.onto.id if plan.onto else ""
    lines = [one.to_text() for one in plan.moves]
    if not plan.moves:
        lines.append(f"Nothing to do: the history is one line up to {heads_text(heads)}.")
    else:
        number = count_text(len(plan.moves), "revision")
        done = "would stand" if is_dry else "stands" if len(plan.moves) == 1 else "stand"
        lines.append(f"{number} {done} behind {onto}; the whole was run on a scratch database.")
    facts: dict[str, object] = {
        "onto": onto,
        "heads": heads,
        "moves": [one.facts() for one in plan.moves],
        "written": bool(plan.moves) and not is_dry,
    }
    return Report("\n".join(lines), tuple(findings), facts)
