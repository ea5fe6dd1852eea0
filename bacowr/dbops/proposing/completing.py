"""What autogenerate doesn't see: found by trying its revision out, and written as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.operations import Verbatim
from bacowr.dbops.proposing.trees import walk
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Kind, Schema
from bacowr.dbops.schema.modelled import Models
from bacowr.dbops.schema.operations import to_operations, turned
from bacowr.dbops.schema.statements import to_consider
from bacowr.dbops.schema.wishes import can_models_say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alembic.operations.ops import MigrationScript, UpgradeOps

    from bacowr.dbops.proposing.trial import Trial
    from bacowr.dbops.schema.wishes import Managed


@dataclass
class Completion:
    """Works the differences that are left into a revision, and proves the whole.

    `wanted` is the schema of the models. `deviations` are facts of columns that the revision
    leaves other than the models have them, on purpose: by the table and the column.
    """

    trial: Trial
    wanted: Schema
    managed: Managed
    deviations: Mapping[tuple[str, str], str]
    findings: list[Finding] = field(default_factory=list)

    def complete(self, script: MigrationScript, before: Schema) -> None:
        """Add the operations that are missing in either direction, and say what doesn't work."""
        up, down = script.upgrade_ops, script.downgrade_ops
        if up is None or down is None:
            return
        up.ops[:0] = self._types(up, before)
        done = self._tried(up.ops, "upgrade")
        if done is None:
            return
        there = self._forth(done)
        if there is None:
            return
        rest_up, after = there
        up.ops.extend(rest_up)
        left = [self._unwritten(one) for one in self._lacking(after)]
        up.ops.extend(left if up.ops else [])  # A file of comments alone would say nothing.
        rest_down = self._reversal(done, after)
        down.ops[:0] = rest_down
        back = self._tried(down.ops, "downgrade")
        if back is not None:
            down.ops.extend(self._back(before, back))

    def _types(self, up: UpgradeOps, before: Schema) -> list[Any]:
        """Return what makes the enums that no table of the revision makes on its own."""
        made = {
            getattr(column.type, "name", None)
            for _, one in walk(up)
            if isinstance(one, ops.CreateTableOp)
            for column in one.to_table().columns
        }
        lacking = [
            one
            for one in self._lacking(before)
            if one.item.kind is Kind.ENUM
            and one.change is Change.MISSING
            and one.item.name.rpartition(".")[2] not in made
        ]
        return to_operations(lacking, before, Models.of(None, self._dialect)).operations

    def _tried(self, operations: list[Any], way: str) -> Schema | None:
        try:
            return self.trial.apply(operations)
        except Exception as error:  # noqa: BLE001 - Whatever it raises, it doesn't work.
            said = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
            self.findings.append(_fails(way, f"{type(error).__name__}: {said}"))
            return None

    def _forth(self, done: Schema) -> tuple[list[Any], Schema] | None:
        """Return what the way up lacks, and what is there with it."""
        remade = to_operations(
            self._lacking(done), done, Models.of(self.trial.project.metadata, self._dialect)
        )
        after = self._tried(remade.operations, "upgrade") if remade.operations else done
        if after is None:
            return None
        return remade.operations, after

    def _unwritten(self, difference: Difference) -> Verbatim:
        """Note what no operation was written for; return the comment that says so in the file."""
        told = turned(difference).to_text()
        expected = difference.expected
        sql = to_consider(expected, self._dialect.name) if expected else ""
        remedy = "Write it into the file by hand, or change the model."
        self.findings.append(
            Finding(
                "not-written",
                f"No operation could be written for this: in the models, {told}.",
                remedy=f"{remedy} To consider: {sql};" if sql else remedy,
                level=Level.WARNING,
            )
        )
        lines = [f"In the models, {told}, which this revision leaves.", sql and f"Consider: {sql}"]
        return Verbatim("\n".join(f"# {one}" for one in lines if one))

    def _reversal(self, before: Schema, after: Schema) -> list[Any]:
        """Return what undoes the operations that were added, in the server's words."""
        differences = compare(before, after)
        return to_operations(differences, after, Models.of(None, self._dialect)).operations

    def _back(self, before: Schema, back: Schema) -> list[Any]:
        """Return what the way back leaves undone, as far as it can be written."""
        models = Models.of(None, self._dialect)
        remade = to_operations(compare(before, back), back, models)
        after = self._tried(remade.operations, "downgrade") if remade.operations else back
        if after is not None:
            self.findings += [_trace(one) for one in compare(before, after)]
        return remade.operations

    @property
    def _dialect(self) -> sa.Dialect:
        return self.trial.engine.dialect

    def _lacking(self, done: Schema) -> list[Difference]:
        """Return what the models want beyond what is done, and have the words to want."""
        found = [
            one
            for one in compare(done, self.wanted)
            if can_models_say(one, done) and self.managed.includes(one)
        ]
        return [turned(one) for one in found if not self._is_meant(one)]

    def _is_meant(self, difference: Difference) -> bool:
        item = difference.item
        meant = self.deviations.get((item.table, item.name))
        return item.kind is Kind.COLUMN and set(difference.facts) == {meant}


def _fails(way: str, said: str) -> Finding:
    return Finding(
        "trial-failed",
        f"The {way} was tried out on an empty database with this history, and fails: {said}",
        remedy="Correct the file; then `flask db verify`.",
    )


def _trace(difference: Difference) -> Finding:
    return Finding(
        "downgrade-trace",
        f"After the downgrade the schema isn't what it was: {difference.to_text()}.",
        remedy="Correct downgrade() in the file.",
        level=Level.WARNING,
    )
