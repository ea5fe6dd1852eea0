"""Preflight: what had to be known before a word was written."""

from dataclasses import replace

from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.publisher.profile import publisher_profile
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.rules import preflight
from tests.plugins import subjects


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def without_target(given: Subject) -> Subject:
    return replace(given, profiles=replace(given.profiles, target=None))


def without_publisher(given: Subject) -> Subject:
    unread = publisher_profile(given.order.publisher_domain, (), ())
    return replace(given, profiles=replace(given.profiles, publisher=unread))


def test_all_is_well_when_both_sides_were_read() -> None:
    check = preflight.check(subjects.subject())
    assert (check.status, check.score, codes(check)) == (QcStatus.PASS, 100, [])
    assert check.facts[0].value == "200"


def test_a_target_that_did_not_answer_blocks() -> None:
    shut = Block(BlockReason.TARGET_HTTP, "The target page could not be had: 404.")
    check = preflight.check(replace(subjects.subject(), block=shut))
    assert (check.status, check.score) == (QcStatus.BLOCKED, 70)
    assert check.findings[0].code == "target_not_ok"
    assert check.findings[0].evidence.url == "https://pumphuset.example/guide"


def test_the_gate_that_the_fetch_shut_blocks_as_well() -> None:
    given = subjects.subject()
    shut = Block(BlockReason.NO_SOURCES, "None of the pages could be read.")
    check = preflight.check(replace(given, fetched=replace(given.fetched, blocked=shut)))
    assert (check.status, codes(check)) == (QcStatus.BLOCKED, ["no_sources"])


def test_a_gate_for_another_reason_is_left_to_its_own_check() -> None:
    shut = Block(BlockReason.INTENT_OFF, "All three sides miss the search.")
    assert codes(preflight.check(replace(subjects.subject(), block=shut))) == []


def test_a_missing_profile_costs_points_each() -> None:
    given = subjects.subject()
    one = preflight.check(without_target(given))
    other = preflight.check(without_publisher(given))
    assert (one.score, codes(one)) == (75, ["no_target_profile"])
    assert (other.score, codes(other)) == (75, ["no_publisher_profile"])
    assert one.status is QcStatus.WARNING


def test_nothing_read_on_either_side_is_no_bridge() -> None:
    check = preflight.check(without_publisher(without_target(subjects.subject())))
    assert (check.status, check.score) == (QcStatus.BLOCKED, 0)
    assert "no_bridge" in codes(check)


def test_a_wrapper_warns_of_the_sites_reputation() -> None:
    check = preflight.check(subjects.subject(bridge_type=BridgeType.WRAPPER))
    assert (check.status, codes(check)) == (QcStatus.WARNING, ["site_reputation"])
