"""A three-way comparison in words: one line per difference, with who has it and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.schema.difference import Change, facts_text
from bacowr.dbops.schema.threeway import Party

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.schema.threeway import Drift, ThreeWay

MODELS, DATABASE = (Party.MODELS,), (Party.DATABASE,)
BOTH = (Party.MODELS, Party.DATABASE)
WHO = {
    (Change.UNEXPECTED, MODELS): "the models have it, no revision does",
    (Change.MISSING, MODELS): "the history has it, the models don't",
    (Change.CHANGED, MODELS): "the models were changed, no revision was written",
    (Change.UNEXPECTED, DATABASE): "the database has it, the history doesn't: made by hand",
    (Change.MISSING, DATABASE): "the history has it, the database doesn't: dropped by hand",
    (Change.CHANGED, DATABASE): "changed in the database by hand",
    (Change.UNEXPECTED, BOTH): "the models and the database have it, no revision does",
    (Change.MISSING, BOTH): "only the history has it: dropped by hand, and from the models",
    (Change.CHANGED, BOTH): "changed in the models and, by hand, in the database",
    (Change.REORDERED, MODELS): "the models' columns stand in another order, which is harmless",
    (Change.REORDERED, DATABASE): "its columns stand in another order, which is harmless",
    (Change.REORDERED, BOTH): "its columns stand in another order, which is harmless",
}
HEADINGS = {
    MODELS: ("models-differ", "The models differ from the history in {}"),
    DATABASE: ("drifted", "The database differs from its history in {}"),
    BOTH: ("unwritten", "The models and the database differ from the history alike in {}"),
}
REMEDIES = {
    MODELS: 'flask db migrate -m "…" writes the revision; or mend the models.',
    DATABASE: "Undo by hand what was done by hand; or flask db drift --write keeps it, as a "
    "revision.",
    BOTH: "flask db drift --write makes a revision of it, for the other databases.",
}
SHOWN = 5


def line_of(drift: Drift) -> str:
    """Return a difference as one line of a diff: sign, thing, facts, and who has it."""
    difference = drift.difference
    who = WHO[difference.change, drift.against]
    if difference.change is Change.CHANGED:
        side = " and ".join(drift.against)
        facts = "; ".join(
            f"{name} {new} in the {side}, {old} in the history"
            for name, old, new in difference.values()
        )
    else:
        facts = facts_text(difference.item) if difference.change is not Change.REORDERED else ""
        facts += _parts(drift)
    told = f" ({facts})" if facts else ""
    return f"{drift.sign} {difference.subject}{told}: {who}"


def _parts(drift: Drift) -> str:
    columns = [one.name for one in drift.difference.parts if one.kind == "column"]
    return f"columns {', '.join(columns)}" if columns else ""


def drift_lines(outcome: ThreeWay, *, is_written: bool = False) -> Iterator[str]:
    """Yield the whole comparison as a readable diff; what was written down needs no remedy."""
    for parties, (_, heading) in HEADINGS.items():
        drifts = outcome.of(*parties)
        if not drifts:
            continue
        yield heading.format(count_text(len(drifts), "thing")) + ":"
        yield from (f"  {line_of(one)}" for one in drifts)
        if parties == MODELS or not is_written:
            yield f"  What to do: {REMEDIES[parties]}"
    yield from (f"Note: {line_of(one)[2:]}." for one in outcome.reordered)


def check_report(outcome: ThreeWay) -> Report:
    """Return the comparison as few findings: each group with its first differences."""
    findings = [*outcome.stand.findings]
    for parties, (code, heading) in HEADINGS.items():
        drifts = outcome.of(*parties)
        if drifts:
            first = "".join(f"\n    {line_of(one)}" for one in drifts[:SHOWN])
            more = f"\n    … and {len(drifts) - SHOWN} more" if drifts[SHOWN:] else ""
            said = f"{heading.format(count_text(len(drifts), 'thing'))}:{first}{more}"
            findings.append(Finding(code, said, remedy=REMEDIES[parties]))
    return Report(_summary(outcome, findings), tuple(findings), facts_of(outcome))


def drift_report(outcome: ThreeWay) -> Report:
    """Return the comparison with one finding per difference."""
    findings = [*outcome.stand.findings]
    for parties, (code, _) in HEADINGS.items():
        for one in outcome.of(*parties):
            subject = one.difference.subject
            findings.append(Finding(code, line_of(one)[2:], subject, REMEDIES[parties]))
    return Report(_summary(outcome, findings), tuple(findings), facts_of(outcome))


def _summary(outcome: ThreeWay, findings: list[Finding]) -> str:
    errors = sum(one.level is Level.ERROR for one in findings)
    if errors:
        number = count_text(len(outcome.drifts), "difference")
        return f"{number} between {_listed(outcome.compared)}."
    where = heads_text(outcome.stand.heads)
    agreed = f"{_listed(outcome.compared)} agree" if len(outcome.compared) > 1 else "all is well"
    return f"No new upgrade operations detected: {agreed} at {where}."


def _listed(parties: tuple[Party, ...]) -> str:
    order = [party for party in Party if party in parties]
    *others, last = [f"the {party}" for party in order]
    return f"{', '.join(others)} and {last}" if others else last


def facts_of(outcome: ThreeWay) -> dict[str, object]:
    """Return what a machine should know of the comparison."""
    return {
        "heads": list(outcome.stand.heads),
        "pending": [one.revision for one in outcome.stand.pending],
        "compared": list(outcome.compared),
        "differences": [_facts(one) for one in outcome.drifts],
        "reordered": [_facts(one) for one in outcome.reordered],
    }


def _facts(drift: Drift) -> dict[str, object]:
    item = drift.difference.item
    return {
        "against": list(drift.against),
        "change": drift.difference.change,
        "kind": item.kind,
        "table": item.table,
        "name": item.name,
        "facts": {name: [old, new] for name, old, new in drift.difference.values()},
        "definition": dict(item.facts),
        "text": line_of(drift)[2:],
    }
