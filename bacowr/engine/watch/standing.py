"""What is known about a link after one more look: a first bad result is only a suspicion."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bacowr.engine.watch.rhythm import confirms_at, next_check
from bacowr.engine.watch.verdicts import LOST, UNSEEN, Verdict

Verdicts = frozenset[Verdict]

NOTHING: Verdicts = frozenset()
# A fault is looked at again at least this often, so that its repair is noticed.
FAULTY_EVERY = timedelta(days=7)
SOONEST_AGAIN = timedelta(minutes=15)


class WatchStatus(StrEnum):
    """What is known about a link that is watched."""

    WAITING = "waiting"
    OK = "ok"
    SUSPECT = "suspect"
    FAULTY = "faulty"
    UNKNOWN = "unknown"
    ENDED = "ended"


class Change(StrEnum):
    """What a look has changed that its owner is to be told."""

    LOST = "lost"
    CHANGED = "changed"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Standing:
    """What is known: `faults` are confirmed, `suspected` are not; `since` dates the suspicion."""

    status: WatchStatus = WatchStatus.WAITING
    faults: Verdicts = NOTHING
    suspected: Verdicts = NOTHING
    since: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What is known after a look, and what there is to tell: a change, and the faults it is of."""

    standing: Standing
    change: Change | None = None
    about: Verdicts = field(default=NOTHING)


def after(standing: Standing, verdicts: Verdicts, now: datetime) -> Step:
    """Say what is known after one more look.

    A fault counts once two looks, hours apart, have both found it; a repair counts at once. What
    could not be seen changes no confirmed fault. That a deal has expired is a matter of dates.
    """
    seen = verdicts - {Verdict.OK, Verdict.EXPIRED}
    if seen & UNSEEN:
        return Step(Standing(WatchStatus.UNKNOWN, standing.faults))
    new = seen - standing.faults
    if new:
        return _with_new(standing, seen, new, now)
    if seen:
        return Step(Standing(WatchStatus.FAULTY, seen))
    known = Standing(WatchStatus.OK)
    return Step(known, Change.RECOVERED, standing.faults) if standing.faults else Step(known)


def due(standing: Standing, now: datetime, *, published_at: datetime) -> datetime:
    """Say when to look again."""
    regular = next_check(now, published_at=published_at)
    if standing.since is not None:
        return max(confirms_at(standing.since), now + SOONEST_AGAIN)
    if standing.status is WatchStatus.FAULTY:
        return min(regular, now + FAULTY_EVERY)
    return regular


def _with_new(standing: Standing, seen: Verdicts, new: Verdicts, now: datetime) -> Step:
    doubted = frozenset(each for each in new if _is_doubted(each, standing.suspected))
    kept = standing.faults & seen
    if standing.since is None or not doubted:
        return Step(Standing(WatchStatus.SUSPECT, standing.faults, new, now))
    if now < confirms_at(standing.since):
        return Step(replace(standing, status=WatchStatus.SUSPECT, suspected=doubted))
    is_lost = bool(doubted & LOST) and not kept & LOST
    change = Change.LOST if is_lost else Change.CHANGED
    return Step(Standing(WatchStatus.FAULTY, kept | doubted), change, doubted)


def _is_doubted(verdict: Verdict, suspected: Verdicts) -> bool:
    """Tell whether a fault was suspected: gone in one way today, in another tomorrow is gone."""
    return verdict in suspected or (verdict in LOST and bool(suspected & LOST))
