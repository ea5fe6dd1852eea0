"""Whose morning it is: each person's summary is taken once, whatever dies in between."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.notifications.models import Channel, MorningHour, NotificationPreference, Webhook
from bacowr.notifications.mornings import HOUR, TIME_ZONE, next_morning
from bacowr.notifications.spreading import EVERYTHING

AT_ONCE = 100


class Morning(NamedTuple):
    """One person's morning, and the time that is to be told of."""

    owner_id: str
    since: datetime
    until: datetime


@transaction
def begin_missing() -> int:
    """Give an hour to those who can be told anything and have none; return how many there were."""
    now = clock.now()
    told = sa.union(
        sa.select(NotificationPreference.owner_id).where(
            NotificationPreference.event == EVERYTHING,
            NotificationPreference.channel == Channel.EMAIL,
            NotificationPreference.is_on,
        ),
        sa.select(Webhook.owner_id).where(Webhook.is_on),
    ).subquery()
    missing = (
        sa.select(told.c.owner_id)
        .outerjoin(MorningHour, MorningHour.id == told.c.owner_id)
        .where(MorningHour.id.is_(None))
        .limit(AT_ONCE)
    )
    owners = db.session.scalars(missing).all()
    next_at = next_morning(now, hour=HOUR, time_zone=TIME_ZONE)
    rows = [
        {"id": each, "hour": HOUR, "time_zone": TIME_ZONE, "covers_from": now, "next_at": next_at}
        for each in owners
    ]
    if rows:
        dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(MorningHour).values(rows).on_conflict_do_nothing())
    return len(rows)


def due() -> Sequence[str]:
    """Return whose morning it is."""
    select = sa.select(MorningHour.id).where(MorningHour.next_at <= clock.now())
    return db.session.scalars(select.order_by(MorningHour.next_at).limit(AT_ONCE)).all()


def take(owner_id: str) -> Morning | None:
    """Take a morning, inside the unit of work that tells of it; None when somebody was faster."""
    now = clock.now()
    locked = (
        sa.select(MorningHour)
        .where(MorningHour.id == owner_id, MorningHour.next_at <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(locked)
    if found is None:
        return None
    morning = Morning(owner_id, found.covers_from, now)
    found.covers_from = now
    found.next_at = next_morning(now, hour=found.hour, time_zone=found.time_zone)
    return morning
