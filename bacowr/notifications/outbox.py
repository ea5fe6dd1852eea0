"""Putting down what is to be told, inside the unit of work of what it tells about.

A row is there if, and only if, what it tells of is: a roll-back tells nothing, and a kill loses
nothing. Everything else is the workers' part.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.types import new_id
from bacowr.notifications.deliveries import Delivery, Notice
from bacowr.notifications.events import Event, Letter
from bacowr.notifications.models import Channel
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState

Facts = Mapping[str, Any]


def announce(owner_id: str, event: Event, facts: Facts) -> None:
    """Put down that something happened, for its owner to be told as the owner wishes."""
    db.session.add(Notice(owner_id=owner_id, event=event, data=dict(facts)))


def announce_many(owner_id: str, event: Event, facts: Collection[Facts]) -> None:
    """Put down that the same happened to many things, in one statement."""
    if facts:
        at = clock.now()
        rows = [
            {"id": new_id(), "owner_id": owner_id, "event": event, "data": dict(each), "at": at}
            for each in facts
        ]
        db.session.execute(sa.insert(Notice), rows)


@dataclass(frozen=True)
class Written:
    """A mail to one person, whose text may hold a secret; `owner_id` is None for who has none."""

    letter: Letter
    to: str
    subject: str
    text: str = field(repr=False)
    owner_id: str | None = None
    expires_at: datetime | None = None


def write(written: Written, postroom: Postroom) -> Delivery:
    """Put down a mail, encrypted, to be sent at once."""
    delivery = Delivery(
        id=new_id(),
        owner_id=written.owner_id,
        event=written.letter,
        channel=Channel.EMAIL,
        address=written.to,
        subject=written.subject,
        body=postroom.seal_letter(written.text),
        is_secret=True,
        state=DeliveryState.PENDING,
        next_try_at=clock.now(),
        expires_at=written.expires_at,
    )
    db.session.add(delivery)
    return delivery
