"""What people choose to be told: by mail or not, of what, and at what hour of the morning."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User, UserStatus
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.notifications import mornings
from bacowr.notifications.events import MAILED, Event
from bacowr.notifications.models import Channel, MorningHour, NotificationPreference
from bacowr.notifications.spreading import EVERYTHING

NO_ZONE = "There is no such time zone. Give one like Europe/Stockholm."


@dataclass(frozen=True)
class Choices:
    """What a person has chosen; `events` says for each whether it is mailed once mail is on."""

    is_on: bool
    address: str
    events: Mapping[Event, bool]
    hour: int
    time_zone: str


def active_among(ids: Collection[str]) -> frozenset[str]:
    """Return who of these people may sign in; nobody else is told anything."""
    select = sa.select(User.id).where(User.id.in_(ids), User.status == UserStatus.ACTIVE)
    return frozenset(db.session.scalars(select))


def choices_of(user: User) -> Choices:
    """Return what the person has chosen, or what holds for who chose nothing."""
    known = _preferences(user)
    everything = known.get(EVERYTHING)
    morning = db.session.get(MorningHour, user.id)
    return Choices(
        is_on=everything is not None and everything.is_on,
        address=everything.address if everything else user.email,
        events={each: known[each].is_on if each in known else each in MAILED for each in Event},
        hour=morning.hour if morning else mornings.HOUR,
        time_zone=morning.time_zone if morning else mornings.TIME_ZONE,
    )


def older_webhook(user: User) -> str | None:
    """Return where an older BACOWR posted to for the person; nothing is sent there any more."""
    return db.session.scalar(
        sa.select(NotificationPreference.address).where(
            NotificationPreference.owner_id == user.id,
            NotificationPreference.channel == Channel.WEBHOOK,
            NotificationPreference.is_on,
        )
    )


@transaction
def choose(user: User, changes: Mapping[str, Any]) -> None:
    """Change what is named: is_on, events (by name: whether it is mailed), hour, time_zone.

    Raise Invalid for a time zone that there isn't. Mail goes to the account's own address.
    """
    if not mornings.is_zone(changes.get("time_zone", mornings.TIME_ZONE)):
        raise Invalid(NO_ZONE, fields={"time_zone": [NO_ZONE]})
    known = _preferences(user)
    if "is_on" in changes:
        _set(user, known, EVERYTHING, is_on=changes["is_on"])
    for event, is_on in changes.get("events", {}).items():
        _set(user, known, event, is_on=is_on)
    if changes.keys() & {"hour", "time_zone"}:
        _set_morning(user, changes)
    told = {name: str(value) for name, value in changes.items() if name != "events"}
    told |= {str(event): str(is_on) for event, is_on in changes.get("events", {}).items()}
    audit.record("user.set_notifications", user, actor=user, **told)


def _preferences(user: User) -> dict[str, NotificationPreference]:
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id == user.id,
        NotificationPreference.channel == Channel.EMAIL,
    )
    return {each.event: each for each in db.session.scalars(select)}


def _set(
    user: User, known: Mapping[str, NotificationPreference], event: str, *, is_on: bool
) -> None:
    found = known.get(event)
    if found is None:
        found = NotificationPreference(owner_id=user.id, event=event, channel=Channel.EMAIL)
        db.session.add(found)
    found.is_on, found.address = is_on, user.email


def _set_morning(user: User, changes: Mapping[str, Any]) -> None:
    now = clock.now()
    known = db.session.get(MorningHour, user.id)
    if known is None:
        known = MorningHour(
            id=user.id, hour=mornings.HOUR, time_zone=mornings.TIME_ZONE, covers_from=now
        )
        db.session.add(known)
    known.hour = changes.get("hour", known.hour)
    known.time_zone = changes.get("time_zone", known.time_zone)
    known.next_at = mornings.next_morning(now, hour=known.hour, time_zone=known.time_zone)
