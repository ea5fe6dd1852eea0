"""Intent: the alignment, judged by the bridge."""

from dataclasses import replace

import pytest

from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.research.intent import Intent
from bacowr.engine.rules import intent
from tests.plugins import subjects

INFO, COMM, TRANS = Intent.INFO, Intent.COMMERCIAL, Intent.TRANSACTIONAL


def aligned(*sides: Intent, bridge: BridgeType) -> Subject:
    return subjects.with_alignment(subjects.subject(), *sides, bridge_type=bridge)


def said(check: Check) -> tuple[QcStatus, float | None, list[str]]:
    return check.status, check.score, [each.code for each in check.findings]


@pytest.mark.parametrize(
    ("sides", "bridge", "expected"),
    [
        ((INFO, INFO, INFO, INFO), BridgeType.STRONG, (QcStatus.PASS, 100, [])),
        ((COMM, INFO, INFO, INFO), BridgeType.PIVOT, (QcStatus.PASS, 80, ["partial"])),
        ((COMM, INFO, INFO, INFO), BridgeType.WRAPPER, (QcStatus.PASS, 80, ["partial"])),
        (
            (COMM, INFO, INFO, INFO),
            BridgeType.STRONG,
            (QcStatus.NEEDS_SIGNOFF, 80, ["partial_strong"]),
        ),
        (
            (TRANS, INFO, INFO, INFO),
            BridgeType.WRAPPER,
            (QcStatus.NEEDS_SIGNOFF, 40, ["off_with_wrapper"]),
        ),
        (
            (TRANS, INFO, INFO, INFO),
            BridgeType.PIVOT,
            (QcStatus.BLOCKED, 40, ["off_without_wrapper"]),
        ),
        ((TRANS, TRANS, TRANS, INFO), BridgeType.WRAPPER, (QcStatus.BLOCKED, 40, ["all_off"])),
    ],
)
def test_the_bridge_decides_what_an_alignment_means(
    sides: tuple[Intent, ...],
    bridge: BridgeType,
    expected: tuple[QcStatus, float, list[str]],
) -> None:
    assert said(intent.check(aligned(*sides, bridge=bridge))) == expected


def test_the_evidence_names_every_side() -> None:
    check = intent.check(aligned(TRANS, INFO, INFO, INFO, bridge=BridgeType.WRAPPER))
    assert "anchor transactional (off)" in check.findings[0].evidence.text


def test_a_gate_shut_by_the_intent_step_blocks() -> None:
    given = aligned(TRANS, INFO, INFO, INFO, bridge=BridgeType.WRAPPER)
    shut = Block(BlockReason.INTENT_OFF, "All three sides miss the search.")
    check = intent.check(replace(given, intents=replace(given.intents, blocked=shut)))
    assert said(check) == (QcStatus.BLOCKED, 40, ["all_off"])


def test_without_search_results_nothing_is_measured_and_a_person_decides() -> None:
    check = intent.check(subjects.subject(searched=False))
    assert said(check) == (QcStatus.NEEDS_SIGNOFF, None, ["search_results_not_fetched"])
    assert check.unmeasured
    assert check.findings[0].decidable


def test_results_that_say_nothing_are_told_from_no_results() -> None:
    given = aligned(INFO, INFO, INFO, Intent.UNKNOWN, bridge=BridgeType.PIVOT)
    assert said(intent.check(given)) == (QcStatus.NEEDS_SIGNOFF, None, ["intent_unknown"])
