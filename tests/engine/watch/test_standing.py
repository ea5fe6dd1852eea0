"""A first bad result is a suspicion, a second one hours later a fault, and a good one the end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.watch.rhythm import next_check
from bacowr.engine.watch.standing import Change, Standing, Step, WatchStatus, after, due
from bacowr.engine.watch.verdicts import GRAVITY, LOST, Verdict, worst

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
GONE, REL, OK = Verdict.NOT_FOUND, Verdict.WRONG_REL, Verdict.OK


def walk(*looks: tuple[float, Verdict]) -> list[Step]:
    steps: list[Step] = []
    standing = Standing()
    for hours, verdict in looks:
        steps.append(after(standing, frozenset({verdict}), NOW + timedelta(hours=hours)))
        standing = steps[-1].standing
    return steps


def test_a_loss_is_told_once_it_was_seen_twice_six_hours_apart() -> None:
    steps = walk((0, GONE), (5.9, GONE), (6, GONE), (12, GONE))

    statuses = [each.standing.status for each in steps]
    assert statuses == [WatchStatus.SUSPECT] * 2 + [WatchStatus.FAULTY] * 2
    assert [each.change for each in steps] == [None, None, Change.LOST, None]


def test_a_suspicion_that_does_not_come_true_is_never_told() -> None:
    steps = walk((0, GONE), (6, OK))

    assert steps[-1].standing == Standing(WatchStatus.OK)
    assert not any(each.change for each in steps)


def test_a_repair_is_told_at_once() -> None:
    steps = walk((0, REL), (7, REL), (8, OK))

    assert [each.change for each in steps] == [None, Change.CHANGED, Change.RECOVERED]
    assert steps[-1].about == {REL}


def test_gone_in_one_way_and_then_in_another_is_gone() -> None:
    steps = walk((0, Verdict.UNREACHABLE), (7, Verdict.HTTP_ERROR))

    assert steps[-1].change is Change.LOST
    assert steps[-1].standing.faults == {Verdict.HTTP_ERROR}


def test_another_fault_starts_a_suspicion_of_its_own() -> None:
    steps = walk((0, REL), (7, Verdict.NOINDEX), (14, Verdict.NOINDEX))

    assert [each.change for each in steps] == [None, None, Change.CHANGED]


@pytest.mark.parametrize("unseen", [Verdict.UNKNOWN, Verdict.ROBOTS_BLOCKED])
def test_what_can_not_be_seen_is_never_told_as_lost(unseen: Verdict) -> None:
    steps = walk((0, unseen), (7, unseen), (30, unseen))

    assert {each.standing.status for each in steps} == {WatchStatus.UNKNOWN}
    assert not any(each.change for each in steps)


def test_a_confirmed_fault_outlasts_looks_that_see_nothing() -> None:
    steps = walk((0, GONE), (7, GONE), (8, Verdict.UNKNOWN), (9, GONE))

    assert steps[2].standing.faults == {GONE}
    assert steps[3].change is None


@given(st.lists(st.tuples(st.floats(0.1, 400), st.sets(st.sampled_from(Verdict), min_size=1))))
def test_nothing_is_told_that_was_not_seen_twice(looks: list[tuple[float, set[Verdict]]]) -> None:
    standing, moment, before = Standing(), NOW, frozenset[Verdict]()
    for hours, verdicts in looks:
        moment += timedelta(hours=hours)
        step = after(standing, frozenset(verdicts), moment)
        known = step.standing
        if step.change in {Change.LOST, Change.CHANGED}:
            assert standing.since is not None
            assert moment - standing.since >= timedelta(hours=6)
            assert step.about <= verdicts
            assert not step.about & before
        assert (known.status is WatchStatus.SUSPECT) == (known.since is not None)
        assert bool(known.suspected) == (known.status is WatchStatus.SUSPECT)
        assert due(known, moment, published_at=NOW) > moment
        standing, before = known, known.faults


@pytest.mark.parametrize(
    ("age", "days"), [(0, 1), (6.9, 1), (7, 7), (29, 7), (30, 30), (179, 30), (180, 90), (548, 365)]
)
def test_an_older_link_is_looked_at_less_often(age: float, days: int) -> None:
    assert next_check(NOW, published_at=NOW - timedelta(days=age)) == NOW + timedelta(days=days)


def test_a_suspicion_is_looked_into_after_six_hours_and_a_fault_weekly() -> None:
    old = NOW - timedelta(days=900)
    suspect = Standing(WatchStatus.SUSPECT, suspected=frozenset({GONE}), since=NOW)
    faulty = Standing(WatchStatus.FAULTY, frozenset({GONE}))

    assert due(suspect, NOW, published_at=old) == NOW + timedelta(hours=6)
    assert due(faulty, NOW, published_at=old) == NOW + timedelta(days=7)


def test_every_verdict_has_its_gravity() -> None:
    assert set(GRAVITY) == set(Verdict)
    assert len(GRAVITY) == len(Verdict)
    assert worst(set(Verdict)) in LOST
    assert worst(set()) is OK
