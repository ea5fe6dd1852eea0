"""People's webhooks: where their own programs are told, and what signs it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import changing
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.addresses import AddressRefused
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.base.types import new_id
from bacowr.notifications import spreading
from bacowr.notifications.channels import signatures
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.events import Letter
from bacowr.notifications.models import Channel, Webhook
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState

MOST = 10
GRACE = timedelta(hours=24)
"""For how long the secret before signs too, so that receivers change theirs in their own time."""


def owned_by(owner: User) -> list[Webhook]:
    """Return the person's webhooks, the oldest first; a team doesn't share them."""
    select = sa.select(Webhook).where(Webhook.owner_id == owner.id)
    return list(db.session.scalars(select.order_by(Webhook.created_at, Webhook.id)))


def get(webhook_id: str, *, owner: User) -> Webhook:
    """Get one of the person's webhooks; raise NotFound for any other."""
    select = sa.select(Webhook).where(Webhook.id == webhook_id, Webhook.owner_id == owner.id)
    if found := db.session.scalar(select):
        return found
    raise NotFound("There is no such webhook.")


def create(sent: Mapping[str, Any], *, owner: User, postroom: Postroom) -> tuple[Webhook, str]:
    """Add a webhook: url, events, description; return it with its secret, which is told only here.

    Raise Invalid for an address that may not be called, Conflict when there are ten.
    """
    _check(sent["url"], postroom)  # Asks a name server: before anything is locked.
    secret = signatures.new_secret()
    return _create(sent, owner, postroom.seal_secret(secret)), secret


@transaction
def _create(sent: Mapping[str, Any], owner: User, sealed: str) -> Webhook:
    if len(owned_by(owner)) >= MOST:
        raise Conflict(f"You have {MOST} webhooks, which is the most.")
    made = Webhook(
        id=new_id(),
        owner_id=owner.id,
        url=sent["url"],
        description=sent.get("description", ""),
        events=sorted(set(sent["events"])),
        secret=sealed,
    )
    db.session.add(made)
    audit.record("webhook.create", made, actor=owner, host=_host(made.url))
    return made


def update(webhook: Webhook, changes: Mapping[str, Any], *, by: User, postroom: Postroom) -> None:
    """Change url, events, description or is_on; raise Invalid as `create` does."""
    if "url" in changes:
        _check(changes["url"], postroom)
    _update(webhook, changes, by)


@transaction
def _update(webhook: Webhook, changes: Mapping[str, Any], by: User) -> None:
    for name, value in changes.items():
        setattr(webhook, name, sorted(set(value)) if name == "events" else value)
    told = changing.unsaved(webhook)
    if "url" in told:  # Some services' addresses hold a secret; the host says enough.
        told["url"] = [_host(each) for each in told["url"]]
    webhook.version += 1
    audit.record("webhook.update", webhook, actor=by, changes=told)


@transaction
def rotate(webhook: Webhook, *, by: User, postroom: Postroom) -> str:
    """Give a webhook another secret, told only here; the one before signs too for a day."""
    secret = signatures.new_secret()
    webhook.previous_secret, webhook.previous_until = webhook.secret, clock.now() + GRACE
    webhook.secret = postroom.seal_secret(secret)
    webhook.version += 1
    audit.record("webhook.rotate", webhook, actor=by)
    return secret


@transaction
def delete(webhook: Webhook, *, by: User) -> None:
    """Delete a webhook, with what was on its way there and the log of it."""
    audit.record("webhook.delete", webhook, actor=by, host=_host(webhook.url))
    db.session.delete(webhook)


@transaction
def test(webhook: Webhook, *, by: User) -> str:
    """Put down a delivery that says nothing but that it is a test; return its id."""
    now = clock.now()
    delivery = Delivery(
        id=new_id(),
        owner_id=webhook.owner_id,
        event=Letter.TEST,
        channel=Channel.WEBHOOK,
        address=webhook.url,
        webhook_id=webhook.id,
        body=spreading.body_of(Letter.TEST, now.isoformat(), {"webhook_id": webhook.id}),
        state=DeliveryState.PENDING,
        next_try_at=now,
    )
    db.session.add(delivery)
    audit.record("webhook.test", webhook, actor=by)
    return delivery.id


def _check(url: str, postroom: Postroom) -> None:
    try:
        postroom.outgoing.check_address(url)
    except AddressRefused as error:
        raise Invalid(str(error), fields={"url": [str(error)]}) from error


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
