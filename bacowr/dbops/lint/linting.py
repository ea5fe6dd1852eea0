"""The review of a project's revisions, on each kind of database it is meant for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.lint.files import (
    Ways,
    judge_downgrade,
    judge_drops,
    judge_imports,
    judge_losses,
    judge_models,
)
from bacowr.dbops.lint.judging import Verdict, judge
from bacowr.dbops.lint.recording import Recorder, Recording
from bacowr.dbops.lint.schema import Schema
from bacowr.dbops.lint.squawk import ask_squawk
from bacowr.dbops.report import Finding, Level, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.lint.steps import Protections


WAYS = ("upgrade", "downgrade")


@dataclass
class Review:
    """What is reviewed, and what is known of the database it is meant for."""

    revisions: tuple[Reviewed, ...]
    chosen: frozenset[str]
    protections: Protections
    schema: Schema | None = None
    """The PostgreSQL database's own schema, where every chosen revision is pending on it."""
    findings: list[Finding] = field(default_factory=list)
    metadata: sa.MetaData = field(default_factory=sa.MetaData)
    """The tables that the application maps, and its convention for names."""
    squawk: str | None = None
    """The program, None where it isn't installed."""
    allowed: int = 0
    used: set[tuple[str, int]] = field(default_factory=set)

    def add(self, reviewed: Reviewed, line: int, finding: Finding) -> None:
        """Keep a finding, unless the file allows it with a reason."""
        for allowance in reviewed.allowances:
            if allowance.covers(finding.code, line):
                self.used.add((reviewed.id, allowance.line))
                self.allowed += 1
                return
        if finding not in self.findings:
            self.findings.append(finding)


def review_postgres(review: Review) -> None:
    """Judge the chosen revisions as PostgreSQL would run them, and what their files say."""
    schema = review.schema or Schema()
    for reviewed in review.revisions:
        chosen = reviewed.id in review.chosen
        if chosen or review.schema is None:
            up, down = (record(review, reviewed, name, schema) for name in WAYS)
            if chosen:
                _judge_file(review, Ways(reviewed, up, down), schema)
            _judge_steps(review, reviewed, up, schema)


def _judge_steps(review: Review, reviewed: Reviewed, up: Recording, schema: Schema) -> None:
    verdicts = judge(up.steps, schema, review.protections, contract=reviewed.is_contract)
    found = list(verdicts)
    if reviewed.id not in review.chosen:
        return
    for verdict in found:
        review.add(reviewed, verdict.line, to_finding(reviewed, verdict))
    for remark in ask_squawk(review.squawk, up.steps) if review.squawk else ():
        line = remark.step.line
        code = f"squawk/{remark.rule}"
        where = reviewed.at(line)
        finding = Finding(code, remark.message, where, remark.remedy, remark.level)
        review.add(reviewed, line, finding)
    _add_blind_spots(review, reviewed, up)


def _judge_file(review: Review, ways: Ways, schema: Schema) -> None:
    places = [
        *judge_imports(ways),
        *judge_downgrade(ways),
        *judge_losses(ways),
        *judge_models(ways, review.metadata.tables),
        *judge_drops(ways, schema),
    ]
    for place in places:
        review.add(ways.reviewed, place.line, place.finding)


def to_finding(reviewed: Reviewed, verdict: Verdict) -> Finding:
    """Return a verdict as what the commands show."""
    where = reviewed.at(verdict.line)
    rule = verdict.rule
    return Finding(rule.id, verdict.message, where, rule.remedy, verdict.problem.level)


def record(review: Review, reviewed: Reviewed, name: str, schema: Schema) -> Recording:
    """Run a revision's upgrade or downgrade against nothing, and return what it did."""
    function: Callable[[], object] | None = getattr(reviewed.script.module, name, None)
    path = reviewed.script.module.__file__ or str(reviewed.path)
    recorder = Recorder(path, schema, review.metadata)
    return recorder.run(function) if function else Recording()


def _add_blind_spots(review: Review, reviewed: Reviewed, recording: Recording) -> None:
    for line in recording.reads:
        message = "It reads rows, and what it does with them can't be judged without them."
        remedy = "Say it in one statement (UPDATE … FROM); or allow it with the reason."
        where = reviewed.at(line)
        review.add(reviewed, line, Finding("P-17", message, where, remedy, Level.WARNING))
    if not recording.failure:
        return
    line = recording.failure_line
    finding = Finding(
        "P-17",
        f"What follows can't be judged without the database: {recording.failure}.",
        reviewed.at(line),
        "Write it as plain operations and statements; or allow it with the reason.",
    )
    review.add(reviewed, line, finding)


VERIFYS = "V-"
"""What the codes of `flask db verify` begin with: allowances of those are its own to judge."""


def review_comments(review: Review) -> None:
    """Report allowances without a reason, and those that allow nothing."""
    for reviewed in review.revisions:
        if reviewed.id not in review.chosen:
            continue
        for allowance in reviewed.allowances:
            where = reviewed.at(allowance.line)
            codes = ", ".join(allowance.codes) or "RULE"
            if not allowance.has_reason or not allowance.codes:
                message = "An allowance without a rule and a reason allows nothing."
                remedy = f"Write `# dbops: allow {codes} because …`."
                review.findings.append(Finding("A-01", message, where, remedy))
            elif all(code.startswith(VERIFYS) for code in allowance.codes):
                continue
            elif (reviewed.id, allowance.line) not in review.used:
                message = f"{codes} is allowed here, but nothing of the kind was found."
                remedy = "Take the comment out."
                review.findings.append(Finding("A-02", message, where, remedy, Level.WARNING))


def to_report(review: Review, notes: tuple[str, ...] = ()) -> Report:
    """Return the findings in the order of the history, the worst first on each line."""
    order = {str(one.path.name): place for place, one in enumerate(review.revisions)}

    def place(finding: Finding) -> tuple[int, int, str]:
        path, line = place_of(finding)
        return order.get(path.rpartition("/")[2], -1), line, finding.code

    findings = tuple(sorted(review.findings, key=place))
    errors = sum(one.level is Level.ERROR for one in findings)
    count = len(review.chosen)
    others = _counted(len(findings) - errors, "other remark")
    summary = f"{_counted(count, 'revision')} reviewed: {_counted(errors, 'error')}, {others}, "
    summary += f"{review.allowed} allowed."
    reviewed = [one.id for one in review.revisions if one.id in review.chosen]
    facts = {"revisions": reviewed, "allowed": review.allowed, "notes": list(notes)}
    return Report(summary, findings, facts)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def place_of(finding: Finding) -> tuple[str, int]:
    """Return the file and the line of a finding, the line 0 where it concerns the whole file."""
    path, _, line = finding.where.rpartition(":")
    return (path, int(line)) if line.isdigit() else (finding.where, 0)


def lines_of(report: Report) -> Iterator[str]:
    """Yield the report as text: place, level, rule and sentence, then the safe form."""
    for finding in report.findings:
        yield f"{finding.where or 'project'}: {finding.level} {finding.code} {finding.message}"
        if finding.remedy:
            yield f"    {finding.remedy}"
    notes = report.facts.get("notes", ())
    yield from notes if isinstance(notes, list) else ()
    yield report.summary
