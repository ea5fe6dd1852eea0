"""Intent: whether anchor, target and publisher fit what searchers want (domain 3.6, 3.7)."""

from functools import partial

from bacowr.engine.checks.faults import Fault, judged
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points
from bacowr.engine.outcome import BlockReason
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.research.intent import Alignment, IntentAlignment

NAME = CheckName.INTENT

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Judge the alignment by the bridge; without search results it is unmeasured, for a person."""
    found = subject.intents.alignment
    if found.overall is Alignment.UNKNOWN:
        return _without_results(subject)
    return judged(NAME, _faults(subject), _facts(found))


def _without_results(subject: Subject) -> Check:
    fetched = subject.serp.findings.fetched
    message = (
        "The search results say too little to compare intents."
        if fetched
        else "Search results were not fetched, so nobody has checked what searchers want."
    )
    code = "intent_unknown" if fetched else "search_results_not_fetched"
    finding = _finding(
        code,
        QcStatus.NEEDS_SIGNOFF,
        message,
        suggestion="Connect a search service or paste the results, or accept it with a reason.",
        decidable=True,
    )
    facts = _facts(subject.intents.alignment)
    return Check(NAME, finding.status, (finding,), None, (), facts, message)


def _faults(subject: Subject) -> list[Fault]:
    found, bridge = subject.intents.alignment, subject.intents.bridge.type
    evidence = Evidence(_sides(found))
    if found.overall is Alignment.OFF:
        status, code, message = _off(subject)
        return [Fault(_finding(code, status, message, evidence=evidence), points(NAME, "off"))]
    if found.overall is Alignment.PARTIAL and bridge is BridgeType.STRONG:
        message = "The intents agree only in part, and the bridge joins the subjects directly."
        finding = _finding("partial_strong", QcStatus.NEEDS_SIGNOFF, message, evidence=evidence)
        return [Fault(finding, points(NAME, "partial"))]
    if found.overall is Alignment.PARTIAL:
        message = "The intents agree only in part."
        finding = _finding("partial", QcStatus.PASS, message, evidence=evidence)
        return [Fault(finding, points(NAME, "partial"))]
    return []


def _off(subject: Subject) -> tuple[QcStatus, str, str]:
    found, gate = subject.intents.alignment, subject.intents.blocked
    if found.all_off or (gate and gate.reason is BlockReason.INTENT_OFF):
        return QcStatus.BLOCKED, "all_off", "Anchor, target and publisher all miss the search."
    if subject.intents.bridge.type is not BridgeType.WRAPPER:
        message = "A side misses the search, and no neutral frame is planned around the link."
        return QcStatus.BLOCKED, "off_without_wrapper", message
    message = "A side misses the search; the neutral frame around the link needs a person's word."
    return QcStatus.NEEDS_SIGNOFF, "off_with_wrapper", message


def _sides(found: IntentAlignment) -> str:
    return (
        f"search {found.serp}; anchor {found.anchor} ({found.anchor_vs_serp}); "
        f"target {found.target} ({found.target_vs_serp}); "
        f"publisher {found.publisher} ({found.publisher_vs_serp})"
    )


def _facts(found: IntentAlignment) -> tuple[Fact, ...]:
    sides = (
        ("Anchor against the search", found.anchor_vs_serp),
        ("Target against the search", found.target_vs_serp),
        ("Publisher against the search", found.publisher_vs_serp),
        ("Overall", found.overall),
    )
    confidence = Fact("Confidence", found.confidence.value)
    return (
        *(Fact(label, value.value, "aligned", _met(value)) for label, value in sides),
        confidence,
    )


def _met(value: Alignment) -> bool | None:
    return None if value is Alignment.UNKNOWN else value is Alignment.ALIGNED
