"""The whole of `flask db verify`: which revisions, on which databases, and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from bacowr.dbops.console import count_text, time_text
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.lint.revisions import in_range, read_revisions
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.verify.database import TrialDatabase
from bacowr.dbops.verify.judging import judge
from bacowr.dbops.verify.sources import copied_engine
from bacowr.dbops.verify.walking import ROWS, Walker

if TYPE_CHECKING:
    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.project import Project
    from bacowr.dbops.verify.passage import Passage

DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class VerifyWish:
    """What is to be verified, and on what."""

    range_: str | None = None
    rows: int = ROWS
    is_copy: bool = False
    dialects: tuple[str, ...] = ()


@dataclass
class Verification:
    """What was seen of one revision on one database, judged."""

    passage: Passage
    findings: tuple[Finding, ...]

    def facts(self) -> dict[str, object]:
        """Return what a machine should know of it."""
        return {
            "revision": self.passage.revision.id,
            "dialect": self.passage.dialect,
            "ms": self.passage.milliseconds,
            "findings": [one.code for one in self.findings],
        }

    def to_text(self) -> str:
        """Return it in one line."""
        errors = sum(one.level is Level.ERROR for one in self.findings)
        said = count_text(errors, "error") if errors else "up, down and up again"
        spent = time_text(self.passage.milliseconds)
        return f"{self.passage.revision.id} on {self.passage.dialect}: {said} ({spent})"


@dataclass
class Verifier:
    """Verifies the revisions of a project on one kind of database."""

    project: Project
    config: Config
    wish: VerifyWish
    dialect: str
    directory: ScriptDirectory = field(init=False)

    def __post_init__(self) -> None:
        self.directory = ScriptDirectory.from_config(self.config)
        self.revisions = read_revisions(self.directory)
        everything = frozenset(one.id for one in self.revisions)
        range_ = self.wish.range_
        self.chosen = everything if range_ is None else in_range(self.directory, range_)

    def verify(self) -> Iterator[Verification]:
        """Yield each chosen revision once it is verified; behind one that fails, none follows.

        Raises Refused where no database can be had.
        """
        walker = Walker(self._open, self.revisions, self.chosen, self.wish.rows, self.wish.is_copy)
        for passage in walker.walk():
            yield Verification(passage, tuple(judge(passage)))

    @contextmanager
    def _open(self) -> Iterator[TrialDatabase]:
        opened = (
            copied_engine(self.project)
            if self.wish.is_copy
            else scratch_engine(self.project, self.dialect)
        )
        with opened as engine:
            yield TrialDatabase.on(engine, self.project, self.config, self.directory)


def verify_project(
    app: Flask,
    config: Config,
    wish: VerifyWish,
    tell: Callable[[Verification], object] = lambda _: None,
) -> Report:
    """Verify a project's revisions and report; `tell` hears of each as it is done.

    Without dialects in the wish the project's own database is used, and the other one where it
    is at hand. Raises Refused for a range that isn't one, or a database that can't be had.
    """
    project = read_project(app)
    done: list[Verification] = []
    notes: list[str] = []
    missing: list[Finding] = []
    for dialect in _dialects(project, wish):
        verifier = Verifier(project, config, wish, dialect)
        try:
            for one in verifier.verify():
                done.append(one)
                tell(one)
        except Refused as refused:
            if wish.dialects or dialect == project.engine.dialect.name:
                raise
            notes.append(f"{dialect} was left out: {refused.finding.to_text()}")
            continue
        missing += _not_reached(verifier, [one for one in done if one.passage.dialect == dialect])
    return _report(done, missing, notes)


def _dialects(project: Project, wish: VerifyWish) -> tuple[str, ...]:
    own = project.engine.dialect.name
    if wish.is_copy:
        if wish.dialects and wish.dialects != (own,):
            raise refuse(
                "copy-dialect",
                f"A copy of the project's database is on {own} and can't be tried elsewhere.",
                remedy=f"Write --dialect {own}, or leave --copy out.",
            )
        return (own,)
    return wish.dialects or tuple(sorted(DIALECTS, key=lambda one: one != own))


def _not_reached(verifier: Verifier, done: list[Verification]) -> Iterator[Finding]:
    seen = {one.passage.revision.id for one in done}
    left = [one.id for one in verifier.revisions if one.id in verifier.chosen - seen]
    if left:
        yield Finding(
            "V-12",
            f"{count_text(len(left), 'revision')} could not be verified on {verifier.dialect}, "
            f"because an earlier one failed: {', '.join(left)}.",
            remedy="Correct the one that failed and verify again.",
            level=Level.WARNING,
        )


def _report(done: list[Verification], missing: list[Finding], notes: list[str]) -> Report:
    findings = (*(finding for one in done for finding in one.findings), *missing)
    errors = sum(one.level is Level.ERROR for one in findings)
    losses = sum(one.code == "V-09" for one in findings)
    revisions = dict.fromkeys(one.passage.revision.id for one in done)
    places = ", ".join(dict.fromkeys(one.passage.dialect for one in done)) or "no database"
    summary = (
        f"{count_text(len(revisions), 'revision')} taken up, down and up again on {places}: "
        f"{count_text(errors, 'error')}, {count_text(losses, 'loss')} of data."
    ).replace("losss", "losses")
    facts = {"verified": [one.facts() for one in done], "notes": notes}
    return Report(summary, findings, facts)
