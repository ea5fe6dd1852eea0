"""Looking at links: the next that is due, or one that somebody asks for."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.engine.watch.model import Agreed
from bacowr.engine.watch.standing import WatchStatus
from bacowr.watch.agreements import agreed_of
from bacowr.watch.claiming import Lease, claim, let_go
from bacowr.watch.looking import Looker
from bacowr.watch.models import LinkCheck, LinkWatch
from bacowr.watch.recording import end, record

RETRY_AFTER = timedelta(minutes=30)

log = structlog.get_logger(__name__)


@transaction
def ask(watch: LinkWatch, *, by: User) -> None:
    """Have a link looked at as soon as possible; the suspicion of an earlier look stays.

    Raise Conflict for one that is paused, and for one whose page nobody has named.
    """
    db.session.refresh(watch, with_for_update=True)
    if watch.paused_at is not None:
        raise Conflict("This link is paused. Resume it first.")
    if watch.backlink.publisher_url is None:
        raise Conflict("There is no published page to look at.")
    if watch.status is WatchStatus.ENDED:
        watch.status = WatchStatus.WAITING
    watch.next_check_at = min(watch.next_check_at or clock.now(), clock.now())
    watch.version += 1
    audit.record("watch.check", watch, actor=by)


@transaction
def pause(watch: LinkWatch, *, by: User) -> None:
    """Leave a link alone until somebody resumes it; raise Conflict for one whose deal is over.

    The end of its deal is told all the same, and a look that has begun is still stored.
    """
    db.session.refresh(watch, with_for_update=True)
    if watch.status is WatchStatus.ENDED:
        raise Conflict("This deal is over; nobody looks at its link any more.")
    if watch.paused_at is None:
        watch.paused_at = clock.now()
        watch.version += 1
        audit.record("watch.pause", watch, actor=by)


@transaction
def resume(watch: LinkWatch, *, by: User) -> None:
    """Look at a link again, at once where its turn came meanwhile; else nothing happens."""
    db.session.refresh(watch, with_for_update=True)
    if watch.paused_at is not None:
        watch.paused_at = None
        watch.version += 1
        audit.record("watch.resume", watch, actor=by)


def look_at_next(worker: str, looker: Looker) -> LinkCheck | None:
    """Look at the link that is most overdue; None when none is due.

    No transaction is open while the page is fetched.
    """
    lease = claim(worker)
    return look(lease, looker) if lease else None


def look(lease: Lease, looker: Looker) -> LinkCheck | None:
    """Look at one link that was taken; None when there was nothing to look at."""
    agreed = _agreed(lease)
    db.session.close()  # Nobody waits for this connection while a server takes its time.
    if agreed is None:
        _rest(lease)
        return None
    try:
        found = looker.look(agreed)
    except Exception:
        let_go(lease, retry_after=RETRY_AFTER)
        log.exception("link_check_failed", watch=lease.watch_id)
        return None
    return record(lease, found)


def _agreed(lease: Lease) -> Agreed | None:
    watch = db.session.get_one(LinkWatch, lease.watch_id, populate_existing=True)
    return agreed_of(watch.backlink)


@transaction
def _rest(lease: Lease) -> None:
    watch = db.session.scalar(sa.select(LinkWatch).where(lease.holds).with_for_update())
    if watch is not None:
        end(watch)
