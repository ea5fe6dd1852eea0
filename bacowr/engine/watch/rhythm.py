"""When a link is to be looked at again (domain 9)."""

from datetime import datetime, timedelta

from bacowr.engine.watch.rules import rules


def next_check(now: datetime, *, published_at: datetime) -> datetime:
    """Say when a link that gives no cause for concern is looked at next.

    Daily to day 7 after publication, weekly to day 30, monthly to month 6, quarterly to month 18,
    then yearly.
    """
    age = now - published_at
    paces = rules().cadence
    fitting = (each for each in paces if age < timedelta(days=each.until_day))
    return now + timedelta(days=next(fitting, paces[-1]).every_days)


def confirms_at(suspect_since: datetime) -> datetime:
    """Say from when on a second bad result counts as a confirmation."""
    return suspect_since + timedelta(hours=rules().confirm_after_hours)
