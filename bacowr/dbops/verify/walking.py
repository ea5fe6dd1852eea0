"""The walk over a history: each revision up, down and up again, on filled tables."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.diagnose import explain
from bacowr.dbops.history import ancestors, parents_of
from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.model import Kind
from bacowr.dbops.verify.passage import Moment, Passage, Stage

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.verify.database import TrialDatabase

ROWS = 8


@dataclass
class Walker:
    """Walks over revisions, parents first; one that fails is passed over where it can be."""

    open: Callable[[], AbstractContextManager[TrialDatabase]]
    """Makes a database to begin with: empty, or a copy."""
    revisions: tuple[Reviewed, ...]
    chosen: Collection[str]
    rows: int = ROWS
    is_copy: bool = False
    stack: ExitStack = field(default_factory=ExitStack)
    lost: set[str] = field(default_factory=set)
    """The revisions that can't be applied, and those that stand on them."""

    def walk(self) -> Iterator[Passage]:
        """Yield what is seen of each chosen revision; what is made is gone at the end.

        On a copy those that it lacks come first, then those that it has, newest first.
        """
        with self.stack:
            self._begin()
            applied = set(ancestors(self.database.directory, self.database.heads()))
            waiting = [one for one in self.revisions if one.id not in applied]
            yield from self._forward(waiting)
            if applied:
                if waiting:
                    self._begin()  # Another copy, without the rows made up on the way.
                yield from self._back([one for one in self.revisions if one.id in applied])

    def _begin(self) -> None:
        self.stack.pop_all().close()
        self.database = self.stack.enter_context(self.open())
        self.done: list[Reviewed] = []

    def _forward(self, waiting: list[Reviewed]) -> Iterator[Passage]:
        last = max((n for n, one in enumerate(waiting) if one.id in self.chosen), default=-1)
        for reviewed in waiting[: last + 1]:
            if self.lost.intersection(parents_of(reviewed.script)):
                self.lost.add(reviewed.id)
                continue
            if reviewed.id not in self.chosen:
                self._advance(reviewed)
                continue
            started = time.monotonic()
            passage = Passage(reviewed, self.database.dialect, self.is_copy)
            self._pass(passage)
            passage.milliseconds = int((time.monotonic() - started) * 1000)
            yield passage
            if reviewed.id not in self.lost:
                self.done.append(reviewed)

    def _advance(self, reviewed: Reviewed) -> None:
        """Apply a revision that isn't looked at; where rows are in its way, without them."""
        try:
            self.database.up(reviewed.script)
        except Exception:  # noqa: BLE001 - A revision may raise anything.
            if not self._renew(reviewed):
                return
        else:
            self._top_up()
        self.done.append(reviewed)

    def _pass(self, passage: Passage) -> None:
        script = passage.revision.script
        before = self._see(passage, Stage.BEFORE)
        up = self._try(passage, Stage.UP, lambda: self.database.up(script))
        if up is None:
            passage.needs_empty = self._renew(passage.revision)
            return
        if is_one_way(passage.revision.source):
            passage.unfilled |= self._top_up(touched(before, up))
            return
        if self._round(passage, Stage.DOWN, Stage.AGAIN):
            passage.unfilled |= self._top_up(touched(before, up))
            self._see(passage, Stage.FILLED)
            if self._round(passage, Stage.EMPTIED, None):
                self._top_up(touched(before, up))
                return
        self._renew(passage.revision)

    def _round(self, passage: Passage, stage: Stage, again: Stage | None) -> bool:
        """Go down and up again; tell whether the database is fit to go on with."""
        script = passage.revision.script
        if self._try(passage, stage, lambda: self.database.down(script)) is None:
            return False
        if again is not None:
            up = self._try(passage, again, lambda: self.database.up(script))
            return up is not None and not compare(passage.moments[Stage.UP].schema, up.schema)
        try:
            self.database.up(script)
        except Exception as error:  # noqa: BLE001 - A revision may raise anything.
            passage.errors.setdefault(Stage.AGAIN, said(error))
            return False
        return True

    def _back(self, applied: list[Reviewed]) -> Iterator[Passage]:
        """Take a copy back over what it has, and each revision up once more on the way."""
        first = min((n for n, one in enumerate(applied) if one.id in self.chosen), default=None)
        for reviewed in reversed([] if first is None else applied[first:]):
            if reviewed.id in self.chosen:
                started = time.monotonic()
                passage = Passage(reviewed, self.database.dialect, self.is_copy)
                self._return(passage)
                passage.milliseconds = int((time.monotonic() - started) * 1000)
                yield passage
            try:
                self.database.down(reviewed.script)
            except Exception:  # noqa: BLE001 - As above; the older ones can't be reached.
                return

    def _return(self, passage: Passage) -> None:
        script = passage.revision.script
        self._see(passage, Stage.FILLED)
        if is_one_way(passage.revision.source):
            return
        if self._try(passage, Stage.EMPTIED, lambda: self.database.down(script)) is not None:
            self._try(passage, Stage.AGAIN, lambda: self.database.up(script))

    def _try(self, passage: Passage, stage: Stage, step: Callable[[], None]) -> Moment | None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - A revision may raise anything.
            passage.errors[stage] = said(error)
            return None
        return self._see(passage, stage)

    def _see(self, passage: Passage, stage: Stage) -> Moment:
        passage.moments[stage] = self.database.look()
        return passage.moments[stage]

    def _top_up(self, names: Collection[str] = ()) -> dict[str, str]:
        if not self.rows:
            return {}
        least = 0 if self.is_copy else 1
        return self.database.fill(self.rows, least, names).problems

    def _renew(self, reviewed: Reviewed) -> bool:
        """Begin with another database and bring it past a revision; tell whether that can be.

        If not, it is brought to where the revision would go on from, and those that stand on it
        are lost.
        """
        done = self.done
        is_past = self._rebuild([*done, reviewed])
        if not is_past:
            self.lost.add(reviewed.id)
            self._rebuild(done)
        self.done = done
        self._top_up()
        return is_past

    def _rebuild(self, done: list[Reviewed]) -> bool:
        self._begin()
        applied = set(ancestors(self.database.directory, self.database.heads()))
        try:
            for one in done:
                if one.id not in applied:
                    self.database.up(one.script)
        except Exception:  # noqa: BLE001 - A revision may raise anything.
            return False
        return True


def touched(before: Moment, after: Moment) -> frozenset[str]:
    """Return the tables, as they are called after it, that a revision or its rows changed."""
    changed = {
        name
        for name, one in after.contents.items()
        if name in before.contents and before.contents[name].columns != one.columns
    }
    return reshaped(before, after) | changed


def reshaped(before: Moment, after: Moment) -> frozenset[str]:
    """Return the tables whose schema isn't the same in two moments."""
    names = set()
    for difference in compare(before.schema, after.schema):
        item = difference.found or difference.item
        names.add(item.name if item.kind is Kind.TABLE else item.table)
    return frozenset(names & set(after.contents))


def is_one_way(source: str) -> bool:
    """Tell whether a revision's downgrade does nothing but raise, and so says there is none."""
    for node in ast.parse(source).body if source else ():
        if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
            body = [one for one in node.body if not _is_text(one)]
            return bool(body) and isinstance(body[0], ast.Raise)
    return False


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def said(error: BaseException) -> str:
    """Return an error in one line: the database's own words where it is from there."""
    if isinstance(error, sa.exc.DBAPIError):
        original = error.orig
        return f"{type(original).__name__}: {str(original).strip().splitlines()[0]}"
    return explain(error).message.split("\n", maxsplit=1)[0]
