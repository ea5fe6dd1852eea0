"""A squash carried out: written on a copy, proved against the old history, and only then made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from bacowr.dbops import head_file
from bacowr.dbops.console import count_text
from bacowr.dbops.diagnose import explain
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.reshaping.drafts import drafted
from bacowr.dbops.reshaping.replaying import contents_of, replay_back
from bacowr.dbops.reshaping.squashing import Squash, changes_for, path_for, plan_squash
from bacowr.dbops.schema.references import replay
from bacowr.dbops.scratch import scratch_engine

if TYPE_CHECKING:
    from alembic.config import Config

    from bacowr.dbops.digest import Digest
    from bacowr.dbops.project import Project
    from bacowr.dbops.reshaping.drafts import FileChanges


@dataclass(frozen=True)
class Wish:
    """What is to become one, under which title, and what of the old files stays."""

    range_: str
    message: str
    deletes: bool = False
    is_dry: bool = False


@dataclass(frozen=True)
class Proof:
    """The old history and the new one, each walked on scratch databases of the same kind."""

    project: Project
    old: Config
    new: Config
    squash: Squash
    deletes: bool

    def run(self) -> list[Finding]:
        """Compare what they make; raise Refused where it isn't the same."""
        expected, found = self._fresh(self.old), self._fresh(self.new)
        loose = self._loose(expected, found)
        self._compare("A fresh database", expected, found, loose)
        if self.deletes:
            self._see_refusal()
        else:
            self._compare("One in the middle", expected, self._from_the_middle(), loose)
        return [*self._go_back(loose), *map(_told_loose, sorted(loose))]

    def _fresh(self, config: Config) -> Digest:
        with scratch_engine(self.project) as engine:
            replay(self.project, config, self.squash.revision, engine)
            return contents_of(self.project, engine)

    def _loose(self, expected: Digest, found: Digest) -> frozenset[str]:
        """Return the tables whose rows aren't the same twice by the old history either.

        Rows that hold the moment or something random are told by their number only.
        """
        if not expected.differences(found):
            return frozenset()
        again = self._fresh(self.old)
        return frozenset(
            name for name, told in expected.tables.items() if again.tables.get(name) != told
        )

    def _compare(self, what: str, expected: Digest, found: Digest, loose: frozenset[str]) -> None:
        different = _without(expected, loose).differences(_without(found, loose))
        if different:
            raise refuse(
                "not-equal",
                f"{what} would not become the same: {'; '.join(different)}. No file was changed.",
                remedy="Leave the revision out that asks what the database holds.",
            )

    def _from_the_middle(self) -> Digest:
        """Take a database from one revision of the range to the next, each time anew."""
        with scratch_engine(self.project) as engine:
            replay(self.project, self.old, self.squash.ids[0], engine)
            for revision in self.squash.ids[1:]:
                replay(self.project, self.new, revision, engine)
            return contents_of(self.project, engine)

    def _see_refusal(self) -> None:
        """See that a database in the middle is refused, and by name."""
        with scratch_engine(self.project) as engine:
            replay(self.project, self.old, self.squash.ids[0], engine)
            try:
                replay(self.project, self.new, self.squash.revision, engine)
            except Refused as refused:
                if refused.finding.code == "squashed":
                    return
                raise
        raise refuse("not-equal", "A database in the middle would not be refused.")

    def _go_back(self, loose: frozenset[str]) -> list[Finding]:
        """Compare what the two make of it on the way back, if the old one has a way back."""
        old = self._back(self.old)
        if isinstance(old, Finding):
            message = f"There was no way back, and there is none: {old.message}"
            return [replace(old, code="no-way-back", message=message, level=Level.INFO)]
        new = self._back(self.new)
        if isinstance(new, Finding):
            message = f"The way back is lost: {new.message} No file was changed."
            raise Refused(replace(new, message=message))
        self._compare("On the way back a database", old, new, loose)
        return []

    def _back(self, config: Config) -> Digest | Finding:
        with scratch_engine(self.project) as engine:
            replay(self.project, config, self.squash.revision, engine)
            try:
                replay_back(self.project, config, self.squash.below or "base", engine)
            except Exception as error:  # noqa: BLE001 - A revision may raise anything.
                return explain(error)
            return contents_of(self.project, engine)


def _without(digest: Digest, loose: frozenset[str]) -> Digest:
    tables = {
        name: str(digest.rows.get(name)) if name in loose else told
        for name, told in digest.tables.items()
    }
    return replace(digest, tables=tables)


def _told_loose(table: str) -> Finding:
    return Finding(
        "rows-of-the-moment",
        f"The rows of {table} aren't the same twice by the old history either; only their number "
        "was compared.",
        level=Level.INFO,
    )


def squash(project: Project, config: Config, wish: Wish) -> Report:
    """Make one revision of many, prove it, and put the old files aside.

    Raises Refused where it can't be done, or where a database would not become the same.
    """
    directory = ScriptDirectory.from_config(config)
    plan = plan_squash(directory, wish.range_)
    changes = changes_for(directory, plan, wish.message, deletes=wish.deletes)
    with drafted(directory, changes) as draft:
        findings = _prove(Proof(project, config, draft, plan, wish.deletes))
    if not wish.is_dry:
        changes.make()
        head_file.write(directory.dir, directory.get_heads())
    return _report(plan, changes, findings, wish)


def _prove(proof: Proof) -> list[Finding]:
    try:
        return proof.run()
    except Refused:
        raise
    except Exception as error:
        cause = explain(error)
        message = f"The one revision doesn't run: {cause.message} No file was changed."
        raise Refused(replace(cause, message=message)) from error


def _report(plan: Squash, changes: FileChanges, findings: list[Finding], wish: Wish) -> Report:
    target = path_for(plan, wish.message)
    folders = {path.parent for path in changes.writes} - {target.parent}
    kept = str(next(iter(folders), ""))
    would = "would become" if wish.is_dry else "became"
    between = "is refused by name" if wish.deletes else "goes on through the files that were"
    lines = [
        f"{count_text(len(plan.ids), 'revision')} {would} {target.name}: {', '.join(plan.ids)}.",
        f"Proved on scratch databases: a fresh one becomes the same, and one in between {between}.",
    ]
    if kept:
        lines.append(f"The old files {'would go' if wish.is_dry else 'went'} to {kept}.")
    facts: dict[str, object] = {
        "revision": plan.revision,
        "squashed": list(plan.ids),
        "file": str(target),
        "kept": kept or None,
        "written": not wish.is_dry,
    }
    return Report("\n".join(lines), tuple(findings), facts)
