"""Turns to call a service, in time that passes only while somebody sleeps."""

import pytest

from bacowr.engine.providers.writers.throttle import (
    Allowance,
    Busy,
    Pace,
    Throttle,
    Throttles,
    _scattered,
)
from tests.engine.writers.conftest import FakeTime


def start(throttle: Throttle, times: int, patience: float = 1000.0) -> None:
    for _ in range(times):
        with throttle.turn(patience):
            pass


def test_lets_so_many_begin_in_any_minute(time: FakeTime) -> None:
    throttle = Throttle(Allowance(calls_a_minute=3), time.pace)
    start(throttle, 3)
    time.at += 20
    start(throttle, 1)
    assert time.slept == [40.0]
    start(throttle, 2)
    assert time.slept == [40.0]
    start(throttle, 1)
    assert time.slept == [40.0, 60.0]


def test_gives_up_rather_than_wait_too_long(time: FakeTime) -> None:
    throttle = Throttle(Allowance(calls_a_minute=1), time.pace)
    start(throttle, 1)
    with pytest.raises(Busy):
        start(throttle, 1, patience=59.0)
    assert time.slept == []
    start(throttle, 1, patience=61.0)


def test_gives_a_place_back_whatever_happens(time: FakeTime) -> None:
    throttle = Throttle(Allowance(at_once=1, calls_a_minute=1), time.pace)
    for _ in range(3):
        with pytest.raises(Busy), throttle.turn(1.0):
            raise Busy
    with pytest.raises(Busy), throttle.turn(0.01):
        pass  # pragma: no cover - never gets here.


def test_holds_everybody_off_for_the_longest_time_asked(time: FakeTime) -> None:
    throttle = Throttle(Allowance(), time.pace)
    throttle.hold_off(30)
    throttle.hold_off(10)
    start(throttle, 2)
    assert time.slept == [30.0]


def test_one_service_has_one_throttle(time: FakeTime) -> None:
    throttles = Throttles(Allowance(), time.pace)
    assert throttles.of("a") is throttles.of("a")
    assert throttles.of("a") is not throttles.of("b")


def test_scatters_within_bounds() -> None:
    assert 0.0 <= Pace().scatter(2.0) <= 2.0
    assert _scattered(0.0) == 0.0
