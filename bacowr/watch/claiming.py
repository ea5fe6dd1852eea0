"""Taking watches that are due: one at a time, so that a site is never asked by two at once."""

from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bacowr.backlinks.models import Backlink
from bacowr.base import clock, locks
from bacowr.base.db import db, transaction
from bacowr.watch.models import LinkWatch

LEASE_SECONDS = 120


class Lease(NamedTuple):
    """The right to look at one link for a while; `attempt` tells it from earlier ones."""

    watch_id: str
    worker: str
    attempt: int

    @property
    def holds(self) -> sa.ColumnElement[bool]:
        """The condition that nobody else has taken the watch meanwhile."""
        return sa.and_(
            LinkWatch.id == self.watch_id,
            LinkWatch.lease_owner == self.worker,
            LinkWatch.attempt == self.attempt,
        )


@transaction
def claim(worker: str, *, watch_id: str | None = None) -> Lease | None:
    """Take the watch that is most overdue, or the one asked for; None when none is free.

    A site at which somebody looks at this moment is left alone, and so is a watch that is paused.
    A lease that ran out, as after a kill, counts for nothing. Claims wait for each other, as none
    sees what another has taken before that one is committed; each takes milliseconds.
    """
    locks.hold("watch.claim")
    now = clock.now()
    is_free = sa.or_(LinkWatch.lease_until.is_(None), LinkWatch.lease_until <= now)
    wanted = LinkWatch.id == watch_id if watch_id else LinkWatch.next_check_at <= now
    chosen = (
        sa.select(LinkWatch.id)
        .join(Backlink, Backlink.id == LinkWatch.backlink_id)
        .where(wanted, is_free, LinkWatch.paused_at.is_(None), ~_is_busy())
        .order_by(LinkWatch.next_check_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=LinkWatch)
    )
    statement = (
        sa.update(LinkWatch)
        .where(LinkWatch.id == chosen.scalar_subquery(), is_free)
        .values(
            lease_owner=worker,
            lease_until=now + timedelta(seconds=LEASE_SECONDS),
            attempt=LinkWatch.attempt + 1,
            updated_at=LinkWatch.updated_at,
        )
        .returning(LinkWatch.id, LinkWatch.attempt)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).first()
    return Lease(row.id, worker, row.attempt) if row else None


@transaction
def let_go(lease: Lease, *, retry_after: timedelta) -> None:
    """Give a watch back without a result, to be tried again later."""
    db.session.execute(
        sa.update(LinkWatch)
        .where(lease.holds)
        .values(lease_owner=None, lease_until=None, next_check_at=clock.now() + retry_after)
        .execution_options(synchronize_session=False)
    )


def _is_busy() -> sa.ColumnElement[bool]:
    """Give the condition that somebody looks at a page of the same site at this moment."""
    other, placed = aliased(LinkWatch), aliased(Backlink)
    return (
        sa.select(other.id)
        .join(placed, placed.id == other.backlink_id)
        .where(
            other.lease_until > clock.now(), placed.publisher_domain == Backlink.publisher_domain
        )
        .correlate(Backlink)
        .exists()
    )
