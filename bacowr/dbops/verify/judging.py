"""What is said of a revision's passage: faults, and what its downgrade takes along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import Change, compare
from bacowr.dbops.verify import losses
from bacowr.dbops.verify.passage import Passage, Stage
from bacowr.dbops.verify.verdicts import Rule, Verdict
from bacowr.dbops.verify.walking import is_one_way

if TYPE_CHECKING:
    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.verify.passage import Moment


def judge(passage: Passage) -> Iterator[Finding]:
    """Yield what is wrong with a revision, and what it loses; what its file allows is left out.

    A comment `# dbops: allow V-05 because …` anywhere in the file allows.
    """
    reviewed = passage.revision
    allowed = {code for one in reviewed.allowances if one.has_reason for code in one.codes}
    for verdict in (*_verdicts(passage), *_unfilled(passage)):
        if verdict.rule not in allowed:
            name = "upgrade" if verdict.rule == Rule.UPGRADE_FAILS else "downgrade"
            where = f"{reviewed.at(_line_of(reviewed.source, name))} on {passage.dialect}"
            message = f"{reviewed.id}: {verdict.message}"
            yield Finding(verdict.rule, message, where, verdict.remedy, verdict.level)


def _line_of(source: str, function: str) -> int:
    lines = source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"def {function}")), 0)


def _verdicts(passage: Passage) -> Iterator[Verdict]:
    if Stage.UP in passage.errors:
        yield _failed_up(passage)
        return
    if is_one_way(passage.revision.source):
        yield Verdict(Rule.ONE_WAY, "There is no way back, as the file says.", "", level=Level.INFO)
        return
    for stage in (Stage.DOWN, Stage.EMPTIED):
        if stage in passage.errors:
            yield _failed_down(passage, stage)
            return
    faults = list(_schema_faults(passage))
    yield from faults
    if not faults:
        yield from _not_repeatable(passage)
    yield from losses.judge_round(passage)
    yield from losses.judge_way_back(passage)


def _failed_up(passage: Passage) -> Verdict:
    error = passage.errors[Stage.UP]
    if passage.needs_empty:
        return Verdict(
            Rule.UPGRADE_FAILS,
            f"The upgrade fails once there are rows: {error}",
            "Fill or correct the rows first, or give the column a server default.",
        )
    return Verdict(Rule.UPGRADE_FAILS, f"The upgrade fails: {error}", "Correct the upgrade.")


def _failed_down(passage: Passage, stage: Stage) -> Verdict:
    written = stage is Stage.EMPTIED and not passage.is_copy
    on = " on rows written since the upgrade" if written else ""
    return Verdict(
        Rule.DOWNGRADE_FAILS,
        f"The downgrade fails{on}: {passage.errors[stage]}",
        "Let the downgrade first delete or change the rows that the old schema can't hold; or "
        "raise an error that says why there is no way back.",
    )


def _schema_faults(passage: Passage) -> Iterator[Verdict]:
    """Compare the schema after the way back with the one before the upgrade."""
    before, up, down = (passage.get(one) for one in (Stage.BEFORE, Stage.UP, Stage.DOWN))
    if before is None or up is None or down is None:
        yield from _does_nothing(passage)
        return
    found = compare(before.schema, down.schema)
    if found and not compare(up.schema, down.schema):
        yield _nothing(", ".join(one.subject for one in found[:3]))
        return
    for difference in found:
        if difference.change is Change.UNEXPECTED:
            yield Verdict(
                Rule.LEAVES_TRACE,
                f"The downgrade leaves {difference.subject} behind.",
                "Drop it in the downgrade.",
            )
        else:
            yield _not_brought_back(difference)


def _nothing(subjects: str) -> Verdict:
    return Verdict(
        Rule.DOES_NOTHING,
        f"The downgrade does nothing: what the upgrade did is still there ({subjects}).",
        "Undo in the downgrade what the upgrade does, or raise an error that says why not.",
    )


def _does_nothing(passage: Passage) -> Iterator[Verdict]:
    """On a copy that has the revision, only the second upgrade tells."""
    filled, emptied = passage.get(Stage.FILLED), passage.get(Stage.EMPTIED)
    if filled is None or emptied is None or Stage.AGAIN not in passage.errors:
        return
    if not compare(filled.schema, emptied.schema):
        yield _nothing(passage.errors[Stage.AGAIN])


def _not_brought_back(difference: Difference) -> Verdict:
    if difference.change is Change.MISSING:
        message = f"The downgrade doesn't bring {difference.subject} back."
    else:
        changes = "; ".join(
            f"{fact} is {new} and was {old}" for fact, old, new in difference.values()
        )
        message = f"The downgrade brings {difference.subject} back otherwise: {changes}."
    return Verdict(Rule.NOT_BROUGHT_BACK, message, "Write it into the downgrade as it was before.")


def _not_repeatable(passage: Passage) -> Iterator[Verdict]:
    remedy = "Compare what the upgrade makes with what the downgrade takes away."
    if Stage.AGAIN in passage.errors:
        message = (
            f"The upgrade can't be run again after the downgrade: {passage.errors[Stage.AGAIN]}"
        )
        yield Verdict(Rule.NOT_REPEATABLE, message, remedy)
        return
    first: Moment | None = passage.get(Stage.UP) or passage.get(Stage.FILLED)
    again = passage.get(Stage.AGAIN)
    if first is None or again is None:
        return
    for difference in compare(first.schema, again.schema):
        message = f"Up, down and up again is not up: {difference.to_text()}."
        yield Verdict(Rule.NOT_REPEATABLE, message, remedy)


def _unfilled(passage: Passage) -> Iterator[Verdict]:
    for table, why in passage.unfilled.items():
        message = f"Table {table} could not be filled, so it was tried empty: {why}"
        yield Verdict(Rule.NOT_FILLED, message, level=Level.INFO)
