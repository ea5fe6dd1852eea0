"""Several that send: each delivery is in the hands of one, and what one lost another sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bacowr.accounts import deliveries
from bacowr.accounts.models import User
from bacowr.accounts.telling import active_among
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.notifications import sending, spreading
from bacowr.notifications.deliveries import Delivery, DeliveryAttempt
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState, Outcome
from tests.notifications.conftest import Announce, Deliver, NewHook, change


def attempts_of(delivery: Delivery) -> Sequence[DeliveryAttempt]:
    db.session.expire_all()
    return deliveries.attempts_of([delivery])[delivery.id]


def test_one_delivery_is_in_one_worker_s_hands(
    ann: User, new_hook: NewHook, announce: Announce, postroom: Postroom, deliver: Deliver
) -> None:
    new_hook(ann)
    announce(ann)
    _spread(postroom)
    lease = sending.claim("one")
    assert lease is not None
    assert sending.claim("other") is None
    with pytest.raises(Conflict):
        deliveries.send_again(db.session.get_one(Delivery, lease.delivery_id), by=ann)
    assert sending.send_now(lease.delivery_id, postroom).fault == sending.UNDER_WAY.fault
    assert deliver() == []
    sending.send(lease, postroom)
    assert db.session.get_one(Delivery, lease.delivery_id).state is DeliveryState.DELIVERED


def test_what_a_lost_process_held_is_sent_by_another(
    ann: User, new_hook: NewHook, announce: Announce, postroom: Postroom, deliver: Deliver
) -> None:
    new_hook(ann)
    announce(ann)
    _spread(postroom)
    lease = sending.claim("lost")
    assert lease is not None
    change(_of(lease), lease_until=clock.now() - timedelta(seconds=1))
    (sent,) = deliver()
    assert sent.state is DeliveryState.DELIVERED
    second, first = attempts_of(sent)
    assert first.ended_at is None
    assert second.ended_at is not None


def test_a_slow_process_s_failure_counts_for_nothing_once_another_has_it(
    ann: User, new_hook: NewHook, announce: Announce, postroom: Postroom
) -> None:
    new_hook(ann)
    announce(ann)
    _spread(postroom)
    slow = sending.claim("slow")
    assert slow is not None
    change(_of(slow), lease_until=clock.now() - timedelta(seconds=1))
    quick = sending.claim("quick")
    assert quick is not None
    sending.note(slow, Outcome("It failed.", is_final=True))
    assert _of(quick).lease_owner == "quick"
    sending.note(slow, Outcome())
    assert _of(quick).state is DeliveryState.DELIVERED
    sending.note(quick, Outcome("It failed."))
    assert _of(quick).state is DeliveryState.DELIVERED


def test_what_ended_a_month_ago_is_forgotten(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver
) -> None:
    new_hook(ann)
    announce(ann)
    announce(ann)
    old, _young = deliver()
    change(old, ended_at=clock.now() - sending.KEPT_FOR)
    assert sending.forget_old() == 1
    assert db.session.scalars(sa.select(Delivery.id)).all() == [_young.id]
    assert sending.forget_old() == 0


def _of(lease: sending.Lease) -> Delivery:
    return db.session.get_one(Delivery, lease.delivery_id, populate_existing=True)


def _spread(postroom: Postroom) -> None:
    assert spreading.spread(postroom, active_among) == 1
