"""Periods: which days they have, and how they are cut."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.analytics.periods import MOST_DAYS, Granularity, Period, months, start_of
from bacowr.base.errors import Invalid

TODAY = date(2026, 11, 22)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
periods = st.builds(
    lambda since, length: Period(since, since + timedelta(days=length)),
    days,
    st.integers(0, MOST_DAYS - 1),
)


def test_the_last_days_end_today() -> None:
    assert Period.last(30, today=TODAY) == Period(date(2026, 10, 24), TODAY)
    assert Period.last(1, today=TODAY) == Period(TODAY, TODAY)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (TODAY, TODAY - timedelta(days=1), "end_date"),
        (TODAY - timedelta(days=MOST_DAYS), TODAY, "start_date"),
        (date(1, 1, 1), date(1, 1, 2), "start_date"),
        (date(9999, 12, 30), date(9999, 12, 31), "start_date"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(since: date, until: date, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Period.between(since, until)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(
    ("length", "usual"),
    [(1, "day"), (31, "day"), (32, "week"), (120, "week"), (121, "month"), (366, "month")],
)
def test_longer_periods_are_shown_in_longer_parts(length: int, usual: str) -> None:
    assert Period.last(length, today=TODAY).usual == usual


@given(periods)
def test_the_period_before_ends_where_this_one_begins(period: Period) -> None:
    assert period.before.days == period.days
    assert period.before.until + timedelta(days=1) == period.since


@given(periods, st.sampled_from(Granularity))
def test_every_day_is_in_one_part(period: Period, granularity: Granularity) -> None:
    starts = period.starts(granularity)
    assert starts == sorted(set(starts))
    assert {start_of(day, granularity) for day in period} == set(starts)
    assert starts[0] <= period.since
    assert all(start_of(each, granularity) == each for each in starts)


@given(periods)
def test_months_hold_all_days_in_their_order(period: Period) -> None:
    found = months(period)
    assert [day for month in found for day in month] == list(period)
    assert all(len({(day.year, day.month) for day in month}) == 1 for month in found)
