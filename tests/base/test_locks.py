"""Locks by name: one at a time, on either database."""

from __future__ import annotations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base import locks
from bacowr.base.db import transaction
from tests.plugins.meeting import meet


@given(st.lists(st.text(), min_size=1))
def test_a_key_fits_into_the_database_s_number(words: list[str]) -> None:
    assert -(2**63) <= locks.key_of(*words) < 2**63


def test_words_are_told_apart() -> None:
    assert locks.key_of("ab", "c") != locks.key_of("a", "bc")


def test_who_comes_second_waits_for_the_first(app: Flask) -> None:
    order: list[str] = []

    def first() -> None:
        locks.hold("a thing")
        order.append("first holds")

    @transaction
    def second() -> None:
        order.append("second asks")
        locks.hold("a thing")
        order.append("second holds")

    meet(app, first, second)
    assert order[0] == "first holds"
    assert order[-1] == "second holds"
