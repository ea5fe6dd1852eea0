"""What a repair has to leave to a writer: wording that no code can find honestly (domain 3.11)."""

from collections.abc import Iterable, Iterator

from bacowr.engine.checks.model import Finding, QcStatus, Report
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.repairs.model import Change, Operation


def instructions(report: Report, changes: Iterable[Change]) -> tuple[str, ...]:
    """Word the permitted repairs that need new sentences, for the checks that did not pass.

    What the changes have already answered is left out.
    """
    done = {each.operation for each in changes}
    listed = [
        said
        for check in report.checks
        if check.status is not QcStatus.PASS
        for finding in check.findings
        for said in _said(finding, done)
    ]
    return tuple(dict.fromkeys(listed))


def _said(finding: Finding, done: set[Operation]) -> Iterator[str]:
    rules = thresholds()
    if finding.code in {"few_in_article", "few_in_window"}:
        where = "around the link" if finding.code == "few_in_window" else "in the article"
        if finding.code == "few_in_window" and Operation.MOVE_LINK in done:
            return
        wanted = ", ".join(finding.evidence.text.split(", ")[: 2 * rules.repair.most_terms])
        yield (
            f"Work at most {rules.repair.most_terms} of these related terms in {where}, where the "
            f"text already speaks of them, without any new claim: {wanted}."
        )
    elif finding.code in {"many_in_window", "repeated_terms"} and Operation.MOVE_LINK not in done:
        yield (
            f"Say the sentences around the link with {rules.terms.window} related terms, each "
            f"once, without any new claim. They hold: {finding.evidence.text}."
        )
    elif finding.code == "telltale_phrase" and not finding.fixable:
        yield f"Say this in plain words of the same meaning: {finding.evidence.text}."
