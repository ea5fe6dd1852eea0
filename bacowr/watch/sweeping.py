"""What time alone brings: watches that begin and end, and the end of deals."""

from datetime import timedelta

import sqlalchemy as sa

from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.engine.watch.rules import rules
from bacowr.engine.watch.standing import WatchStatus
from bacowr.engine.watch.verdicts import Verdict
from bacowr.watch.agreements import WATCHED
from bacowr.watch.models import AlertKind, LinkAlert, LinkWatch
from bacowr.watch.recording import ACTOR, end, insert_new, tell

AT_ONCE = 200


def sweep() -> int:
    """Begin and end what is due, and tell of deals that end; return how much was done.

    Any number of processes may sweep side by side.
    """
    return begin_missing() + renew() + end_idle() + warn_of_ends() + expire()


@transaction
def begin_missing() -> int:
    """Begin the watch over published links that have none; return how many."""
    select = (
        sa.select(Backlink)
        .outerjoin(LinkWatch, LinkWatch.backlink_id == Backlink.id)
        .where(
            LinkWatch.id.is_(None),
            Backlink.placement.in_(sorted(WATCHED)),
            Backlink.publisher_url.is_not(None),
        )
        .limit(AT_ONCE)
    )
    return sum(_begin(each) for each in db.session.scalars(select).all())


@transaction
def renew() -> int:
    """Watch links again whose ended deals were taken up again; return how many."""
    found = _joined(LinkWatch.status == WatchStatus.ENDED, Backlink.placement.in_(sorted(WATCHED)))
    for watch, _ in found:
        watch.status, watch.next_check_at = WatchStatus.WAITING, clock.now()
        watch.version += 1
    return len(found)


@transaction
def end_idle() -> int:
    """End the watch over links that are no longer to be there; return how many."""
    found = _joined(
        LinkWatch.status != WatchStatus.ENDED,
        Backlink.placement.not_in(sorted(WATCHED)),
        LinkWatch.lease_until.is_(None),
        LinkWatch.next_check_at > clock.now(),
    )
    for watch, _ in found:
        end(watch)
        watch.version += 1
    return len(found)


@transaction
def warn_of_ends() -> int:
    """Tell once 30, once 7 and once 2 days before a deal ends; return how much was told."""
    today, told = clock.now().date(), 0
    marks = sorted(rules().expiry_warning_days)
    for mark, narrower in zip(marks, (-1, *marks), strict=False):
        key = "expiring:" + sa.cast(Backlink.expires_on, sa.String) + f":{mark}"
        is_told = sa.exists().where(LinkAlert.watch_id == LinkWatch.id, LinkAlert.key == key)
        found = _joined(
            Backlink.placement.in_(sorted(WATCHED)),
            Backlink.expires_on > today + timedelta(days=narrower),
            Backlink.expires_on <= today + timedelta(days=mark),
            ~is_told,
        )
        for watch, backlink in found:
            message = f"The deal ends on {backlink.expires_on}."
            key_text = f"expiring:{backlink.expires_on}:{mark}"
            told += tell(watch, key_text, AlertKind.EXPIRING, message, [])
    return told


@transaction
def expire() -> int:
    """Close deals whose end has passed, and tell of it; return how many."""
    today = clock.now().date()
    found = _joined(Backlink.placement.in_(sorted(WATCHED)), Backlink.expires_on < today)
    return sum(_expire(watch, backlink) for watch, backlink in found)


def _expire(watch: LinkWatch, backlink: Backlink) -> bool:
    backlinks.lock(backlink, None)
    if backlink.placement not in WATCHED:
        return False
    backlinks.set_placement(backlink, Placement.EXPIRED, actor=ACTOR)
    if watch.lease_until is None:
        end(watch)
    watch.changed_at = clock.now()
    watch.version += 1
    message = f"The deal ended on {backlink.expires_on}."
    about = [str(Verdict.EXPIRED)]
    return tell(watch, f"expired:{backlink.expires_on}", AlertKind.EXPIRED, message, about)


def _begin(backlink: Backlink) -> bool:
    now = clock.now()
    return insert_new(
        LinkWatch,
        id=new_id(),
        owner_id=backlink.owner_id,
        created_at=now,
        updated_at=now,
        version=1,
        backlink_id=backlink.id,
        status=WatchStatus.WAITING,
        verdicts=[],
        suspected=[],
        next_check_at=now,
        attempt=0,
    )


def _joined(*conditions: sa.ColumnElement[bool]) -> list[tuple[LinkWatch, Backlink]]:
    select = (
        sa.select(LinkWatch, Backlink)
        .join(Backlink, Backlink.id == LinkWatch.backlink_id)
        .where(*conditions)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=LinkWatch)
    )
    return [(row[0], row[1]) for row in db.session.execute(select).all()]
