"""What autogenerate doesn't see: found by trying its revision out, and written as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.trees import walk
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Kind, Schema
from bacowr.dbops.schema.modelled import Models
from bacowr.dbops.schema.operations import to_operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alembic.operations.ops import MigrationScript, UpgradeOps

    from bacowr.dbops.proposing.trial import Trial

UNSAID = frozenset(
    {
        "autoincrement",
        "clustered",
        "compression",
        "enforced",
        "inherits",
        "name",
        "partition",
        "replica identity",
        "row security",
        "rowid",
        "server",
        "statistics",
        "storage",
        "valid",
    }
)
"""Facts that models don't speak of, so what they are is nobody's mistake."""
MODELLED = frozenset(
    {
        Kind.ENUM,
        Kind.TABLE,
        Kind.COLUMN,
        Kind.PRIMARY_KEY,
        Kind.UNIQUE,
        Kind.CHECK,
        Kind.FOREIGN_KEY,
        Kind.EXCLUDE,
        Kind.INDEX,
    }
)
"""What models describe by themselves; other kinds only where something of theirs makes them."""


@dataclass
class Completion:
    """Works the differences that are left into a revision, and proves the whole.

    `wanted` is the schema of the models; `spared` says of a table and a column's fact whether it
    is left as it is on purpose.
    """

    trial: Trial
    wanted: Schema
    spared: Callable[[Difference], bool]
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
            for one in self._relevant(compare(self.wanted, before))
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
        lacking = self._relevant(compare(self.wanted, done))
        remade = to_operations(lacking, done, Models.of(self.trial.project.metadata, self._dialect))
        after = self._tried(remade.operations, "upgrade") if remade.operations else done
        if after is None:
            return None
        for one in self._relevant(compare(self.wanted, after)):
            self.findings.append(_unwritten(one))
        return remade.operations, after

    def _reversal(self, before: Schema, after: Schema) -> list[Any]:
        """Return what undoes the operations that were added, in the server's words."""
        differences = compare(before, after)
        return to_operations(differences, after, Models.of(None, self._dialect)).operations

    def _back(self, before: Schema, back: Schema) -> list[Any]:
        """Return what the way back leaves undone, as far as it can be written."""
        left = [one for one in compare(before, back) if set(one.facts) != {"name"}]
        remade = to_operations(left, back, Models.of(None, self._dialect))
        after = self._tried(remade.operations, "downgrade") if remade.operations else back
        for one in compare(before, after) if after is not None else ():
            if set(one.facts) != {"name"}:
                self.findings.append(_trace(one))
        return remade.operations

    @property
    def _dialect(self) -> sa.Dialect:
        return self.trial.engine.dialect

    def _relevant(self, differences: Iterable[Difference]) -> list[Difference]:
        kept = [one for one in differences if not self.spared(one) and is_modelled(one)]
        return [_pared(one) for one in kept]


def is_modelled(difference: Difference) -> bool:
    """Tell whether the models have a say in it."""
    if difference.change is Change.REORDERED:
        return False
    if difference.change is Change.CHANGED and set(difference.facts) <= UNSAID:
        return False
    return difference.item.kind in MODELLED or difference.expected is not None


def _pared(difference: Difference) -> Difference:
    """Leave the facts out of which models don't speak."""
    said = tuple(one for one in difference.facts if one not in UNSAID)
    return Difference(
        difference.change, difference.expected, difference.found, said, difference.parts
    )


def _fails(way: str, said: str) -> Finding:
    return Finding(
        "trial-failed",
        f"The {way} was tried out on an empty database with this history, and fails: {said}",
        remedy="Correct the file; then `flask db verify`.",
    )


def _unwritten(difference: Difference) -> Finding:
    return Finding(
        "not-written",
        f"After the upgrade the database would still differ from the models: "
        f"{difference.to_text()}.",
        remedy="Write it into the file by hand, or change the model.",
        level=Level.WARNING,
    )


def _trace(difference: Difference) -> Finding:
    return Finding(
        "downgrade-trace",
        f"After the downgrade the schema isn't what it was: {difference.to_text()}.",
        remedy="Correct downgrade() in the file.",
        level=Level.WARNING,
    )
