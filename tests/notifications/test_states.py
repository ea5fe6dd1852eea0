"""The state machine of a delivery: every row is written as its page says, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bacowr.notifications.states import (
    FIRST_WAIT,
    JITTER,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    DeliveryState,
    Outcome,
    after,
    wait,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)

outcomes = st.builds(
    Outcome,
    fault=st.none() | st.just("It failed."),
    is_final=st.booleans(),
    wait=st.none() | st.timedeltas(timedelta(), timedelta(days=400)),
)
lucks = st.floats(0, 1)


@given(outcomes, st.integers(1, MOST_ATTEMPTS * 3), lucks)
def test_it_waits_or_has_ended(outcome: Outcome, attempts: int, luck: float) -> None:
    standing = after(outcome, attempts=attempts, at=NOW, luck=luck)
    if outcome.fault is None:
        assert standing.state is DeliveryState.DELIVERED
    elif outcome.is_final or attempts >= MOST_ATTEMPTS:
        assert standing.state is DeliveryState.DEAD
    else:
        assert standing.state is DeliveryState.RETRYING
    assert (standing.next_try_at is None) is (standing.state is not DeliveryState.RETRYING)
    if standing.next_try_at is not None:
        assert NOW < standing.next_try_at <= NOW + LONGEST_WAIT * (1 + JITTER)


@given(st.lists(outcomes, min_size=MOST_ATTEMPTS, max_size=MOST_ATTEMPTS), lucks)
def test_it_comes_to_an_end(tried: list[Outcome], luck: float) -> None:
    ended = [
        standing.state
        for number, outcome in enumerate(tried, 1)
        if (standing := after(outcome, attempts=number, at=NOW, luck=luck)).next_try_at is None
    ]
    assert ended


@given(st.integers(1, MOST_ATTEMPTS), lucks, lucks)
def test_waits_grow_and_come_apart(attempts: int, luck: float, other: float) -> None:
    first, second = wait(attempts, luck), wait(attempts, other)
    assert first >= FIRST_WAIT * (1 - JITTER)
    assert abs(first - second) <= 2 * JITTER * LONGEST_WAIT
    if wait(attempts, 0.5) < LONGEST_WAIT:
        assert wait(attempts + 1, 0) > wait(attempts, 1)


@given(st.integers(1, MOST_ATTEMPTS), lucks, st.timedeltas(timedelta(), LONGEST_WAIT))
def test_it_waits_as_long_as_it_was_asked_to(attempts: int, luck: float, asked: timedelta) -> None:
    assert wait(attempts, luck, asked) >= asked
