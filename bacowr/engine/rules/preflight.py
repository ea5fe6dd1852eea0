"""Preflight: what had to be known before a word was written (domain 3.2, 3.7, 3.10)."""

from collections.abc import Iterator
from functools import partial

from bacowr.engine.checks.faults import Fault, judged
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points
from bacowr.engine.outcome import BlockReason
from bacowr.engine.ports import Role

NAME = CheckName.PREFLIGHT

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Check the target's answer, both profiles and the bridge between them.

    Which bridge a text used can't be told from its words; the recommended one is taken for it.
    """
    return judged(NAME, _faults(subject), _facts(subject))


def _faults(subject: Subject) -> Iterator[Fault]:
    yield from _gates(subject)
    has_target, has_publisher = _profiles(subject)
    if not has_target:
        yield Fault(
            _finding("no_target_profile", QcStatus.WARNING, "The target page could not be read."),
            points(NAME, "missing_profile"),
        )
    if not has_publisher:
        yield Fault(
            _finding(
                "no_publisher_profile", QcStatus.WARNING, "No page of the publisher could be read."
            ),
            points(NAME, "missing_profile"),
        )
    if not (has_target or has_publisher):
        message = "There is no bridge: neither the target nor the publisher could be read."
        yield Fault(_finding("no_bridge", QcStatus.BLOCKED, message), points(NAME, "no_bridge"))
    if subject.intents.bridge.site_reputation_warning:
        yield Fault(
            _finding(
                "site_reputation",
                QcStatus.WARNING,
                "The target lies off the publisher's subjects, so the text needs a neutral frame.",
                suggestion="Google's policy on site reputation abuse is about such pages.",
                decidable=True,
            )
        )


def _gates(subject: Subject) -> Iterator[Fault]:
    gates = (subject.block, subject.fetched.blocked)
    target = next((each for each in subject.fetched.ledger if each.role is Role.TARGET), None)
    for gate in gates:
        if gate and gate.reason is BlockReason.TARGET_HTTP:
            evidence = Evidence(url=target.url if target else subject.order.target_url)
            yield Fault(
                _finding("target_not_ok", QcStatus.BLOCKED, gate.message, evidence=evidence),
                points(NAME, "invalid"),
            )
            return
    for gate in gates:
        if gate and gate.reason is BlockReason.NO_SOURCES:
            yield Fault(
                _finding("no_sources", QcStatus.BLOCKED, gate.message), points(NAME, "invalid")
            )
            return


def _profiles(subject: Subject) -> tuple[bool, bool]:
    return subject.profiles.target is not None, subject.profiles.publisher.available


def _facts(subject: Subject) -> tuple[Fact, ...]:
    target = next((each for each in subject.fetched.ledger if each.role is Role.TARGET), None)
    status = str(target.status) if target and target.status else "no answer"
    bridge = subject.intents.bridge
    overlap = "unknown" if bridge.overlap is None else f"{bridge.overlap:.2f}"
    return (
        Fact("Target page", status, "200", status == "200"),
        Fact(
            "Publisher's pages read",
            str(len(subject.profiles.publisher.pages_read)),
            "1 or more",
            subject.profiles.publisher.available,
        ),
        Fact("Recommended bridge", bridge.type.value),
        Fact("Topic overlap", overlap),
    )
