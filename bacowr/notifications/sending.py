"""Sending what is due: taken by a lease, sent with no transaction open, and noted.

Whatever happens in between, it is sent at least once; a receiver tells a second time by the id.
"""

import os
import random
import socket
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
import structlog

from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.sealing import Unreadable
from bacowr.notifications.channels import email, webhook
from bacowr.notifications.channels.email import Mail
from bacowr.notifications.channels.webhook import Message
from bacowr.notifications.deliveries import ANSWER_LENGTH, Delivery, DeliveryAttempt
from bacowr.notifications.models import Channel, Webhook
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import WAITING, Outcome, Standing, after

LEASE_SECONDS = 90
KEPT_FOR = timedelta(days=30)

LATE = Outcome("It is too late for this one to be of use.", is_final=True)
OFF = Outcome("The webhook is switched off.", is_final=True)
UNDER_WAY = Outcome("A worker is sending it at this moment; the log tells what comes of it.")
NO_MAIL = Outcome("No mail server is set up.")
UNREADABLE = Outcome("It can't be read any more, as SECRET_KEY has changed.", is_final=True)

log = structlog.get_logger(__name__)


class Lease(NamedTuple):
    """The right to send one delivery for a while; `attempt` tells it from earlier ones."""

    delivery_id: str
    worker: str
    attempt: int

    @property
    def holds(self) -> sa.ColumnElement[bool]:
        """The condition that nobody else has taken the delivery meanwhile."""
        return sa.and_(
            Delivery.id == self.delivery_id,
            Delivery.lease_owner == self.worker,
            Delivery.attempts == self.attempt,
        )


def send_next(worker: str, postroom: Postroom) -> Delivery | None:
    """Send the delivery that is most overdue; None when none is due.

    Looks first, so that nobody waits for a lock where there is nothing to do.
    """
    if db.session.scalar(sa.select(Delivery.id).where(_is_free(clock.now())).limit(1)) is None:
        return None
    lease = claim(worker)
    return send(lease, postroom) if lease else None


def send_now(delivery_id: str, postroom: Postroom) -> Outcome:
    """Send one delivery while somebody waits for it, and say what came of it."""
    lease = claim(f"{socket.gethostname()}:{os.getpid()}:door", delivery_id=delivery_id)
    return UNDER_WAY if lease is None else _send(lease, postroom)


def send(lease: Lease, postroom: Postroom) -> Delivery:
    """Send one delivery that was taken, and note what came of it."""
    _send(lease, postroom)
    return db.session.get_one(Delivery, lease.delivery_id, populate_existing=True)


def _send(lease: Lease, postroom: Postroom) -> Outcome:
    delivery = db.session.get_one(Delivery, lease.delivery_id, populate_existing=True)
    hook = db.session.get(Webhook, delivery.webhook_id) if delivery.webhook_id else None
    db.session.close()  # Nobody waits for this connection while a server takes its time.
    outcome = _sent(delivery, hook, postroom)
    if outcome.fault:
        told = {"delivery": delivery.id, "told": delivery.event, "fault": outcome.fault}
        log.warning("delivery_failed", channel=delivery.channel, attempt=lease.attempt, **told)
    note(lease, outcome)
    return outcome


@transaction
def claim(worker: str, *, delivery_id: str | None = None) -> Lease | None:
    """Take the delivery that is most overdue, or the one asked for; None when none is free.

    One atomic UPDATE decides. A lease that ran out, as after a kill, counts for nothing.
    """
    now = clock.now()
    is_free = _is_free(now)
    chosen = sa.select(Delivery.id).where(is_free).order_by(Delivery.next_try_at).limit(1)
    if delivery_id is not None:
        chosen = chosen.where(Delivery.id == delivery_id)
    statement = (
        sa.update(Delivery)
        .where(Delivery.id == chosen.with_for_update(skip_locked=True).scalar_subquery(), is_free)
        .values(
            lease_owner=worker,
            lease_until=now + timedelta(seconds=LEASE_SECONDS),
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id, Delivery.attempts)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).first()
    if row is None:
        return None
    db.session.add(DeliveryAttempt(delivery_id=row.id, number=row.attempts, begun_at=now))
    return Lease(row.id, worker, row.attempts)


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Give the condition that a delivery is due, and in nobody's hands."""
    return sa.and_(
        Delivery.next_try_at <= now,
        sa.or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now),
    )


@transaction
def note(lease: Lease, outcome: Outcome) -> None:
    """Store what came of an attempt.

    What arrived has arrived, even when another process has taken the delivery meanwhile; of a
    failure only the latest attempt counts.
    """
    now = clock.now()
    _note_attempt(lease, outcome)
    is_meant = lease.holds
    if outcome.fault is None:
        is_meant = sa.and_(Delivery.id == lease.delivery_id, Delivery.state.in_(WAITING))
    luck = random.random()  # noqa: S311  # Only spreads the waits.
    standing = after(outcome, attempts=lease.attempt, at=now, luck=luck)
    statement = sa.update(Delivery).where(is_meant).values(**_values(standing))
    returning = statement.returning(Delivery.webhook_id)
    found = db.session.execute(returning.execution_options(synchronize_session=False)).first()
    if found is not None and found.webhook_id and outcome.fault:
        _spare(found.webhook_id, standing, outcome)


def _values(standing: Standing) -> dict[str, object]:
    values: dict[str, object] = {
        "state": standing.state,
        "next_try_at": standing.next_try_at,
        "lease_owner": None,
        "lease_until": None,
    }
    if standing.next_try_at is None:
        # A secret that has arrived, or never will, is of no more use here.
        values["body"] = sa.case((Delivery.is_secret, sa.null()), else_=Delivery.body)
        values["ended_at"] = clock.now()
    return values


def _note_attempt(lease: Lease, outcome: Outcome) -> None:
    attempt = sa.and_(
        DeliveryAttempt.delivery_id == lease.delivery_id, DeliveryAttempt.number == lease.attempt
    )
    db.session.execute(
        sa.update(DeliveryAttempt)
        .where(attempt)
        .values(
            ended_at=clock.now(),
            code=outcome.code,
            answer=outcome.answer[:ANSWER_LENGTH] or None,
            fault=(outcome.fault or "")[:ANSWER_LENGTH] or None,
        )
        .execution_options(synchronize_session=False)
    )


def _spare(webhook_id: str, standing: Standing, outcome: Outcome) -> None:
    """Let what else waits for a server that fails wait as long, so that it holds up nobody."""
    if outcome.is_gone:
        db.session.execute(sa.update(Webhook).where(Webhook.id == webhook_id).values(is_on=False))
    if standing.next_try_at is None:
        return
    db.session.execute(
        sa.update(Delivery)
        .where(
            Delivery.webhook_id == webhook_id,
            Delivery.state.in_(WAITING),
            Delivery.lease_until.is_(None),
            Delivery.next_try_at < standing.next_try_at,
        )
        .values(next_try_at=standing.next_try_at)
        .execution_options(synchronize_session=False)
    )


def _sent(delivery: Delivery, hook: Webhook | None, postroom: Postroom) -> Outcome:
    if delivery.expires_at is not None and delivery.expires_at <= clock.now():
        return LATE
    try:
        if delivery.channel is Channel.EMAIL:
            return _mail(delivery, postroom)
        return _post(delivery, hook, postroom)
    except Unreadable:
        return UNREADABLE


def _mail(delivery: Delivery, postroom: Postroom) -> Outcome:
    if postroom.mail_server is None:
        return NO_MAIL
    body = delivery.body or ""
    text = postroom.open_letter(body) if delivery.is_secret else body
    mail = Mail(delivery.id, delivery.address, delivery.subject, text)
    return email.send(mail, postroom.mail_server, at=clock.now())


def _post(delivery: Delivery, hook: Webhook | None, postroom: Postroom) -> Outcome:
    if hook is None or not hook.is_on:
        return OFF
    now = clock.now()
    sealed = [hook.secret]
    if hook.previous_secret and hook.previous_until and hook.previous_until > now:
        sealed.append(hook.previous_secret)
    secrets = tuple(map(postroom.open_secret, sealed))
    message = Message(f"msg_{delivery.id}", hook.url, delivery.body or "", secrets)
    return webhook.post(message, postroom.outgoing, at=now)


@transaction
def forget_old() -> int:
    """Delete what came to an end a month ago; return how many there were."""
    old = sa.delete(Delivery).where(Delivery.ended_at <= clock.now() - KEPT_FOR)
    return len(db.session.scalars(old.returning(Delivery.id)).all())
