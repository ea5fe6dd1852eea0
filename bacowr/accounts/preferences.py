"""What a person's orders begin with, and how the person is told of what happens."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base.db import db, transaction
from bacowr.notifications.models import Channel, NotificationPreference

EVERYTHING = "*"


def defaults_of(user: User) -> dict[str, Any]:
    """Return what the person's orders begin with, by the names of an order's fields."""
    return dict(user.preferences or {})


def notifications_of(user: User) -> dict[str, dict[str, Any]]:
    """Return for each channel where the person is told of everything, and whether that is on."""
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id == user.id, NotificationPreference.event == EVERYTHING
    )
    known = {each.channel: each for each in db.session.scalars(select)}
    return {
        channel.value: {
            "address": known[channel].address if channel in known else None,
            "is_on": channel in known and known[channel].is_on,
        }
        for channel in Channel
    }


@transaction
def set_defaults(user: User, changes: Mapping[str, Any]) -> None:
    """Change what orders begin with; None takes a word back, what isn't named stays."""
    merged = defaults_of(user) | dict(changes)
    user.preferences = {name: value for name, value in merged.items() if value is not None}
    audit.record("user.set_defaults", user, actor=user, changed=", ".join(sorted(changes)))


@transaction
def set_email_notifications(user: User, *, is_on: bool) -> None:
    """Have the person told by e-mail, at the account's own address, or not."""
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id == user.id,
        NotificationPreference.event == EVERYTHING,
        NotificationPreference.channel == Channel.EMAIL,
    )
    known = db.session.scalar(select)
    if known is None:
        known = NotificationPreference(
            owner_id=user.id, event=EVERYTHING, channel=Channel.EMAIL, address=user.email
        )
        db.session.add(known)
    known.is_on = is_on
    audit.record("user.set_notifications", user, actor=user, email=int(is_on))
