"""All checks of one version of an article, and what follows from them (domain 3.10)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bacowr.engine.checks.model import (
    PASSING_SCORE,
    Check,
    CheckName,
    Finding,
    QcStatus,
    Report,
    worst,
)
from bacowr.engine.checks.phrases import phrases
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.policies.labels import label_rules
from bacowr.engine.policies.loading import in_use
from bacowr.engine.policies.model import Packs
from bacowr.engine.rules import (
    anchor,
    competitor,
    compliance,
    coverage,
    draft,
    fit,
    grounding,
    intent,
    label,
    lsi,
    originality,
    preflight,
    readability,
    trust,
)

Rule = Callable[[Subject], Check]
OnError = Callable[[CheckName, Exception], None]

RULES: dict[CheckName, Rule] = {
    CheckName.PREFLIGHT: preflight.check,
    CheckName.DRAFT: draft.check,
    CheckName.ANCHOR: anchor.check,
    CheckName.LABEL: label.check,
    CheckName.TRUST: trust.check,
    CheckName.GROUNDING: grounding.check,
    CheckName.INTENT: intent.check,
    CheckName.LSI: lsi.check,
    CheckName.FIT: fit.check,
    CheckName.COMPLIANCE: compliance.check,
    CheckName.ORIGINALITY: originality.check,
    CheckName.COMPETITOR: competitor.check,
    CheckName.READABILITY: readability.check,
    CheckName.COVERAGE: coverage.check,
}


def inspect(
    subject: Subject, packs: Packs | None = None, on_error: OnError | None = None
) -> Report:
    """Run every check; never raise. `packs` are an operator's own rules in place of the in_use.

    A check that fails by a bug of its own asks for a person and is told to `on_error`. A finding
    that a person has decided on no longer asks for a sign-off, but stays in sight as a warning.
    """
    rules = _rules(packs or in_use())
    checks = tuple(
        _decided(_run(name, rules[name], subject, on_error), subject)
        for name in CheckName
        if name in rules
    )
    return Report(
        status=worst(each.status for each in checks),
        score=_mean(checks),
        checks=checks,
        article_sha256=subject.article.sha256,
        checked_at=subject.at.isoformat(),
        versions=_versions(subject, packs or in_use()),
    )


def _rules(packs: Packs) -> dict[CheckName, Rule]:
    return {
        **RULES,
        CheckName.TRUST: partial(trust.check, packs=packs),
        CheckName.COMPLIANCE: partial(compliance.check, packs=packs),
    }


def _versions(subject: Subject, packs: Packs) -> dict[str, str]:
    """Name the data in force: thresholds, lists, labels, and the country's packs on that day."""
    on, country = subject.at.date(), subject.order.country
    in_force = [
        each for each in packs.packs if each.is_in_force(on) and each.country in {None, country}
    ]
    return {
        "thresholds": thresholds().version,
        "phrases": phrases().version,
        "labels": label_rules().version,
        **{each.id: each.version for each in in_force},
    }


def _run(name: CheckName, rule: Rule, subject: Subject, on_error: OnError | None) -> Check:
    try:
        return rule(subject)
    except Exception as error:  # noqa: BLE001 - one rule's bug must not hide the other rules.
        if on_error is not None:
            on_error(name, error)
        message = "This check could not run."
        finding = Finding(name, "could_not_run", QcStatus.NEEDS_SIGNOFF, message)
        return Check(name, finding.status, (finding,), unmeasured=message)


def _decided(check: Check, subject: Subject) -> Check:
    """Lower what a person has decided on; a block is nobody's to decide."""
    findings = tuple(
        replace(each, status=QcStatus.WARNING) if _is_settled(each, subject) else each
        for each in check.findings
    )
    if findings == check.findings:
        return check
    own = QcStatus.PASS if check.score is None else _of_score(check.score)
    return replace(
        check, findings=findings, status=worst([own, *(each.status for each in findings)])
    )


def _is_settled(finding: Finding, subject: Subject) -> bool:
    undecided = finding.status is QcStatus.NEEDS_SIGNOFF and finding.decidable
    return undecided and finding.key in subject.decisions


def _of_score(score: float) -> QcStatus:
    return QcStatus.PASS if score >= PASSING_SCORE else QcStatus.WARNING


def _mean(checks: tuple[Check, ...]) -> float | None:
    weights = thresholds().weights
    measured = [
        (weights[each.name], each.score)
        for each in checks
        if each.score is not None and each.name in weights
    ]
    total = sum(weight for weight, _ in measured)
    if not total:
        return None
    return round(sum(weight * score for weight, score in measured) / total, 1)
