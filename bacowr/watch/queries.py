"""Reading watches, what their checks found, and what changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.engine.watch.standing import WatchStatus
from bacowr.watch.models import LinkAlert, LinkCheck, LinkWatch

MOST_CHECKS = 60
MOST_CHANGES = 50


def get(watch_id: str, *, owner: User) -> LinkWatch:
    """Get a watch by its own id or its deal's; raise NotFound for what isn't the person's."""
    is_meant = sa.or_(LinkWatch.id == watch_id, LinkWatch.backlink_id == watch_id)
    found = db.session.scalars(_visible(owner).where(is_meant)).first()
    if found is None:
        raise NotFound("No such link is watched.")
    return found


def owned_by(
    owner: User, *, status: WatchStatus | None = None, search: str = ""
) -> sa.Select[LinkWatch]:
    """Select what the person's watches say, what needs a look first."""
    select = _visible(owner)
    if status is not None:
        select = select.where(LinkWatch.status == status)
    if words := search.strip():
        told = (Backlink.publisher_url, Backlink.target_url, Backlink.anchor_text)
        select = select.where(sa.or_(*(each.icontains(words, autoescape=True) for each in told)))
    order = sa.case(
        {WatchStatus.FAULTY: 0, WatchStatus.SUSPECT: 1, WatchStatus.UNKNOWN: 2},
        value=LinkWatch.status,
        else_=3,
    )
    return select.order_by(order, LinkWatch.changed_at.desc().nulls_last(), LinkWatch.id)


def counts_of(owner: User) -> Mapping[WatchStatus, int]:
    """Count the person's watches by what is known, in one statement."""
    select = (
        sa.select(LinkWatch.status, sa.func.count())
        .where(visible_to(owner, LinkWatch.owner_id))
        .group_by(LinkWatch.status)
    )
    return {row[0]: row[1] for row in db.session.execute(select)}


def alerts_since(owner: User, moment: datetime) -> Sequence[tuple[LinkAlert, Backlink]]:
    """Return what there is to tell since a moment, the latest first, each with its deal."""
    select = (
        sa.select(LinkAlert, Backlink)
        .join(LinkWatch, LinkWatch.id == LinkAlert.watch_id)
        .join(Backlink, Backlink.id == LinkWatch.backlink_id)
        .where(LinkAlert.created_at >= moment, visible_to(owner, LinkWatch.owner_id))
        .order_by(LinkAlert.created_at.desc(), LinkAlert.id)
        .limit(MOST_CHANGES)
    )
    return [(row[0], row[1]) for row in db.session.execute(select)]


def suspect_since(owner: User, moment: datetime) -> Sequence[LinkWatch]:
    """Return the links that came under suspicion since a moment, the latest first."""
    select = _visible(owner).where(LinkWatch.suspect_since >= moment)
    return (
        db.session.scalars(select.order_by(LinkWatch.suspect_since.desc()).limit(MOST_CHANGES))
        .unique()
        .all()
    )


def checks(watch: LinkWatch) -> sa.Select[LinkCheck]:
    """Select what every look at a link found, the latest first."""
    select = sa.select(LinkCheck).where(LinkCheck.watch_id == watch.id)
    return select.order_by(LinkCheck.checked_at.desc(), LinkCheck.attempt.desc())


def checks_of(watch: LinkWatch) -> Sequence[LinkCheck]:
    """Return the latest checks of a watch, the latest first."""
    return db.session.scalars(checks(watch).limit(MOST_CHECKS)).all()


def alerts(
    owner: User, *, watch: LinkWatch | None = None, since: datetime | None = None
) -> sa.Select[LinkAlert]:
    """Select what there was to tell the person, of all links or of one, the latest first."""
    select = (
        sa.select(LinkAlert)
        .join(LinkWatch, LinkWatch.id == LinkAlert.watch_id)
        .where(visible_to(owner, LinkWatch.owner_id))
        .order_by(LinkAlert.created_at.desc(), LinkAlert.id)
    )
    if watch is not None:
        select = select.where(LinkAlert.watch_id == watch.id)
    return select if since is None else select.where(LinkAlert.created_at >= since)


def alerts_of(watch: LinkWatch) -> Sequence[LinkAlert]:
    """Return all that was there to tell about a link, the latest first."""
    select = sa.select(LinkAlert).where(LinkAlert.watch_id == watch.id)
    return db.session.scalars(select.order_by(LinkAlert.created_at.desc())).all()


def _visible(owner: User) -> sa.Select[LinkWatch]:
    return (
        sa.select(LinkWatch)
        .join(LinkWatch.backlink)
        .options(contains_eager(LinkWatch.backlink))
        .where(visible_to(owner, LinkWatch.owner_id))
    )
