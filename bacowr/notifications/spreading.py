"""Making deliveries of what happened: one for each address at which its owner wants to be told."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.notifications import wording
from bacowr.notifications.deliveries import Delivery, Notice
from bacowr.notifications.events import MAILED, Event
from bacowr.notifications.models import Channel, NotificationPreference, Webhook
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState

AT_ONCE = 100
EVERYTHING = "*"

Active = Callable[[Collection[str]], Collection[str]]
"""Tells who of some people is to be told anything."""


def spread(postroom: Postroom, active: Active) -> int:
    """Make the deliveries of the oldest notices, which go; return how many notices there were.

    Any number of processes may do this at a time: each notice goes in the unit of work that makes
    its deliveries, so none is told twice and none is forgotten. Looks first, so that nobody waits
    for a lock where there is nothing to do.
    """
    if db.session.scalar(sa.select(Notice.id).limit(1)) is None:
        return 0
    return _spread(postroom, active)


@transaction
def _spread(postroom: Postroom, active: Active) -> int:
    notices = _taken()
    if not notices:
        return 0
    owners = active({each.owner_id for each in notices})
    addresses, webhooks = _mailed(owners, postroom), _webhooks_of(owners)
    for each in notices:
        event = Event(each.event)
        db.session.add_all(_mails(each, event, addresses.get(each.owner_id, {}), postroom))
        db.session.add_all(_posts(each, event, webhooks.get(each.owner_id, ())))
    return len(notices)


def wants_mail(event: Event, chosen: dict[str, bool]) -> bool:
    """Tell whether somebody who chose so is mailed of an event: only once mail is turned on."""
    return chosen.get(EVERYTHING, False) and chosen.get(event, event in MAILED)


def body_of(event: str, at: str, data: Any) -> str:  # noqa: ANN401  # Whatever JSON holds.
    """Write what a webhook is told."""
    told = {"type": event, "timestamp": at, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _taken() -> Sequence[sa.Row[Any]]:
    oldest = (
        sa.select(Notice.id)
        .order_by(Notice.at, Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = db.session.scalars(oldest).all()
    if not ids:
        return []
    columns = (Notice.owner_id, Notice.event, Notice.data, Notice.at)
    taken = sa.delete(Notice).where(Notice.id.in_(ids)).returning(*columns)
    rows = db.session.execute(taken.execution_options(synchronize_session=False)).all()
    return sorted(rows, key=lambda row: row.at)


def _mailed(owners: Collection[str], postroom: Postroom) -> dict[str, dict[str, Any]]:
    """Return for each of the people what was chosen, and under "" the address."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    if not postroom.has_mail:
        return found
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id.in_(owners),
        NotificationPreference.channel == Channel.EMAIL,
    )
    for each in db.session.scalars(select):
        found[each.owner_id][each.event] = each.is_on
        if each.event == EVERYTHING:
            found[each.owner_id][""] = each.address
    return found


def _webhooks_of(owners: Collection[str]) -> dict[str, list[Webhook]]:
    found: dict[str, list[Webhook]] = defaultdict(list)
    select = sa.select(Webhook).where(Webhook.owner_id.in_(owners), Webhook.is_on)
    for each in db.session.scalars(select.order_by(Webhook.created_at)):
        found[each.owner_id].append(each)
    return found


def _mails(
    notice: sa.Row[Any], event: Event, chosen: dict[str, Any], postroom: Postroom
) -> Iterable[Delivery]:
    if wants_mail(event, chosen):
        subject, text = wording.of(event, notice.data, postroom.address)
        yield _delivery(notice, Channel.EMAIL, chosen[""], subject=subject, body=text)


def _posts(notice: sa.Row[Any], event: Event, webhooks: Iterable[Webhook]) -> Iterable[Delivery]:
    body = body_of(event, notice.at.isoformat(), notice.data)
    for each in webhooks:
        if event in each.events:
            yield _delivery(notice, Channel.WEBHOOK, each.url, webhook_id=each.id, body=body)


def _delivery(notice: sa.Row[Any], channel: Channel, address: str, **more: str) -> Delivery:
    return Delivery(
        owner_id=notice.owner_id,
        event=notice.event,
        channel=channel,
        address=address,
        state=DeliveryState.PENDING,
        next_try_at=clock.now(),
        **more,
    )
