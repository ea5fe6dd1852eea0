"""From a batch of older rows to what is written, and the account of it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bacowr.takeover.account import Account, Fate
from bacowr.takeover.conversion.records import Record
from bacowr.takeover.groups import Groups
from bacowr.takeover.models import LegacyRecord, QuarantinedRow
from bacowr.takeover.rows import UNSTORABLE, Known, Row, Unusable, derived
from bacowr.takeover.rules import Rule
from bacowr.takeover.source import Placed
from bacowr.takeover.steps import Step, known_for, texts
from bacowr.takeover.target import Target


@dataclass
class Converted:
    """What a batch of rows comes to."""

    account: Account
    records: list[Record] = field(default_factory=list)


class Converter:
    """Converts the rows of one table; it keeps nothing from one batch to the next."""

    def __init__(self, step: Step, groups: Groups, target: Target, takeover_id: str) -> None:
        self.step = step
        self.groups = groups
        self.target = target
        self.takeover_id = takeover_id

    def convert(self, placed: Sequence[Placed], at: datetime) -> Converted:
        """Decide what becomes of each row."""
        done = Converted(Account(self.step.table, rows=0, read=len(placed)))
        rows = [values for _, values in placed]
        known = known_for(self.step, rows, self.groups, self.target, at)
        ids = texts(rows, "id")
        present = self.target.present(self.step.model, ids) if self.step.model else ()
        for place, values in placed:
            row = Row(self.step.table, values)
            fate = self._decide(row, place, done, (known, frozenset(present)))
            done.account.fates[fate] += 1
            done.account.repairs += Counter(rule.value for rule in row.repairs)
        return done

    def _decide(
        self, row: Row, place: str, done: Converted, there: tuple[Known, frozenset[str]]
    ) -> Fate:
        known, present = there
        if self.step.convert is None:
            done.account.reasons[Rule.RECOMPUTED] += 1
            return Fate.DROPPED
        if row.values.get("id") in present:
            return Fate.PRESENT
        try:
            if (first := self.groups.merged.get(row.id)) is not None:
                row.repair(Rule.DUPLICATE)
                done.records.append(self._kept(row, row.id, first))
                return Fate.MERGED
            done.records += self.step.convert(row, known)
        except Unusable as reason:
            row.repairs.clear()
            done.account.reasons[_short(str(reason))] += 1
            done.records.append(self._quarantined(row, place, str(reason)))
            return Fate.QUARANTINED
        if row.kept:
            done.records.append(self._kept(row, row.id, row.id))
        return Fate.WRITTEN

    def _kept(self, row: Row, source_id: str, record_id: str) -> Record:
        return LegacyRecord, {
            "id": derived("legacy_records", row.table, source_id),
            "takeover_id": self.takeover_id,
            "source_table": row.table,
            "source_id": source_id,
            "record_id": record_id,
            "data": row.kept,
        }

    def _quarantined(self, row: Row, place: str, reason: str) -> Record:
        whole = row.as_json()
        row.repairs.clear()
        said = whole.get("id")
        return QuarantinedRow, {
            "id": derived("quarantined_rows", row.table, place, json.dumps(whole, default=str)),
            "takeover_id": self.takeover_id,
            "source_table": row.table,
            "source_id": None if said is None else UNSTORABLE.sub("\ufffd", str(said)),
            "reason": UNSTORABLE.sub("\ufffd", reason),
            "row": whole,
        }


def _short(reason: str) -> str:
    """Return a reason without the value in it, to be counted."""
    before, quote, rest = reason.partition("'")
    return f"{before}…{rest.rpartition(chr(39))[2]}" if quote else reason
