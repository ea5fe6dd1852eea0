"""AutoFixOnce: the one automatic repair of an article (domain 3.11)."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bacowr.engine.checks.model import CheckName, Finding, QcStatus, Report
from bacowr.engine.checks.report import inspect
from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs import moving, sourcing, statements, swapping, tone
from bacowr.engine.repairs.guarding import is_permitted
from bacowr.engine.repairs.instructions import instructions
from bacowr.engine.repairs.model import Change, Operation, Outcome, Repair, carried_out
from bacowr.engine.repairs.rewording import Reworded

MOST_CHANGES = 40

Offers = Callable[[Subject, Packs | None], Iterator[Change]]

_OPERATIONS: tuple[Offers, ...] = (
    statements.changes,
    tone.changes,
    sourcing.swapped,
    sourcing.added,
    moving.changes,
    swapping.changes,
)
# The triggers of domain 3.13 that a check can name, and by which code.
_TRIGGERS = {
    (CheckName.ANCHOR, "risk_high"),
    (CheckName.ANCHOR, "anchor_changed"),
    (CheckName.ANCHOR, "overused"),
    (CheckName.ANCHOR, "in_h2"),
    (CheckName.INTENT, "partial_strong"),
    (CheckName.INTENT, "off_with_wrapper"),
    (CheckName.INTENT, "off_without_wrapper"),
    (CheckName.INTENT, "all_off"),
    (CheckName.TRUST, "no_approved_source"),
    (CheckName.COMPLIANCE, "area_overridden"),
}


def repair(subject: Subject, report: Report, packs: Packs | None = None) -> Repair:
    """Repair an article by the permitted operations, each as a change of its own.

    When a sign-off trigger is present nothing is applied, and what could be done is proposed. A
    swap of an anchor that the deal fixes, or in whose place no name fits, is only ever proposed.
    Raise ValueError when the report is that of another text.
    """
    if report.article_sha256 != subject.article.sha256:
        raise ValueError("The report was made for another text.")
    work = _Work(subject, packs)
    work.carry_out()
    told = instructions(report, work.changes)
    triggers = signoff_triggers(report)
    if triggers:
        reason = f"A person has to decide first: {triggers[0].message}"
        return _proposed(subject, work, told, reason)
    if work.changes:
        return _applied(subject, work, told)
    if told:
        return _left(subject, work, told, Outcome.NEEDS_WRITER, "Only a writer can do it.")
    if _open(report):
        reason = "No permitted operation mends what was found."
        return _left(subject, work, told, Outcome.FAILED, reason)
    return _left(subject, work, told, Outcome.NOTHING_TO_FIX, "There is nothing to repair.")


def in_new_words(given: Subject, done: Repair, made: Reworded) -> Repair:
    """Add what a writer changed to a repair, or why none of it counts.

    When a writer was the only hope and failed, the repair has failed.
    """
    if made.refused:
        outcome = Outcome.FAILED if done.outcome is Outcome.NEEDS_WRITER else done.outcome
        reason = f"{done.reason} What the writer gave was not taken: {made.refused}"
        return replace(done, outcome=outcome, reason=reason)
    markdown = done.article.markdown
    for each in made.changes:
        markdown = carried_out(markdown, each)
    article = replace(done.article, markdown=markdown)
    changes = (*done.changes, *made.changes)
    return replace(
        done,
        outcome=Outcome.APPLIED,
        applied=True,
        reason=f"{len(changes)} change{'' if len(changes) == 1 else 's'} made.",
        article=article,
        changes=changes,
        needs_writer=instructions(inspect(replace(given, article=article)), changes),
        diff=_diff(given.article.markdown, markdown),
        after_sha256=article.sha256,
    )


def signoff_triggers(report: Report) -> tuple[Finding, ...]:
    """List the findings that need a person's signature before anything is changed (3.13)."""
    return tuple(each for each in report.findings if _is_trigger(each))


def failed(report: Report) -> Report:
    """Mark a report whose repair changed nothing: the article needs a person (domain 3.13)."""
    message = "The automatic repair could not mend what was found."
    finding = Finding(CheckName.DRAFT, "repair_failed", QcStatus.NEEDS_SIGNOFF, message)
    checks = tuple(
        replace(each, status=_at_least_signoff(each.status), findings=(*each.findings, finding))
        if each.name is CheckName.DRAFT
        else each
        for each in report.checks
    )
    return replace(report, status=_at_least_signoff(report.status), checks=checks)


@dataclass
class _Work:
    """A text under repair: what was changed so far, and what may only be proposed."""

    subject: Subject
    packs: Packs | None
    changes: list[Change] = field(default_factory=list)
    proposals: list[Change] = field(default_factory=list)

    def carry_out(self) -> None:
        """Go through the operations until none has anything left to do."""
        before = -1
        while before != len(self.changes):
            before = len(self.changes)
            for each in _OPERATIONS:
                while len(self.changes) < MOST_CHANGES and self._one(each):
                    pass

    def _one(self, operation: Offers) -> bool:
        for change in operation(self.subject, self.packs):
            after = _changed(self.subject, change)
            if not is_permitted(self.subject, after, change.operation, self.packs):
                continue
            if change.operation is Operation.SWAP_ANCHOR and not swapping.fits(self.subject):
                self._propose(change)
                return False
            self.subject = after
            self.changes.append(change)
            return True
        return False

    def _propose(self, change: Change) -> None:
        if change not in self.proposals:
            self.proposals.append(change)


def _changed(subject: Subject, change: Change) -> Subject:
    text = carried_out(subject.article.markdown, change)
    article = replace(subject.article, markdown=text)
    if change.operation is Operation.SWAP_ANCHOR:
        article = replace(article, anchor_text=change.after)
    return replace(subject, article=article)


def _is_trigger(finding: Finding) -> bool:
    if (finding.check, finding.code) in _TRIGGERS:
        return True
    undecided = finding.status is QcStatus.NEEDS_SIGNOFF
    banned = finding.check is CheckName.COMPLIANCE and finding.code.startswith("banned_")
    return undecided and (banned or finding.check is CheckName.GROUNDING)


def _open(report: Report) -> bool:
    """Tell whether anything that a repair could mend keeps a check from passing."""
    return any(
        finding.fixable and check.status is not QcStatus.PASS
        for check in report.checks
        for finding in check.findings
    )


def _applied(subject: Subject, work: _Work, told: tuple[str, ...]) -> Repair:
    before, after = subject.article, work.subject.article
    number = len(work.changes)
    return Repair(
        outcome=Outcome.APPLIED,
        applied=True,
        reason=f"{number} change{'' if number == 1 else 's'} made.",
        article=after,
        changes=tuple(work.changes),
        proposals=tuple(work.proposals),
        needs_writer=told,
        diff=_diff(before.markdown, after.markdown),
        before_sha256=before.sha256,
        after_sha256=after.sha256,
    )


def _proposed(subject: Subject, work: _Work, told: tuple[str, ...], reason: str) -> Repair:
    proposals = (*work.changes, *work.proposals)
    given = _left(subject, work, told, Outcome.NEEDS_PERSON, reason)
    diff = _diff(subject.article.markdown, work.subject.article.markdown)
    return replace(given, proposals=proposals, diff=diff)


def _left(
    subject: Subject, work: _Work, told: tuple[str, ...], outcome: Outcome, reason: str
) -> Repair:
    return Repair(
        outcome=outcome,
        applied=False,
        reason=reason,
        article=subject.article,
        changes=(),
        proposals=tuple(work.proposals),
        needs_writer=told,
        diff="",
        before_sha256=subject.article.sha256,
        after_sha256=subject.article.sha256,
    )


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), "before", "after", n=1
    )
    return "".join(each if each.endswith("\n") else f"{each}\n" for each in lines)


def _at_least_signoff(status: QcStatus) -> QcStatus:
    return status if status is QcStatus.BLOCKED else QcStatus.NEEDS_SIGNOFF
