"""The log of what people were told: each sees one's own, admins that of whom they look after."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission, is_allowed
from bacowr.accounts.visibility import manageable_by
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.notifications.deliveries import Delivery, DeliveryAttempt
from bacowr.notifications.states import WAITING, DeliveryState


def visible_to(user: User, *, state: DeliveryState | None = None) -> sa.Select[Delivery]:
    """Select what the person may see of the log, the newest first."""
    select = sa.select(Delivery).where(_is_visible(user))
    if state is not None:
        select = select.where(Delivery.state == state)
    return select.order_by(Delivery.created_at.desc(), Delivery.id)


def get(delivery_id: str, *, owner: User) -> Delivery:
    """Get a delivery; raise NotFound for one that the person may not see."""
    select = sa.select(Delivery).where(Delivery.id == delivery_id, _is_visible(owner))
    if found := db.session.scalar(select):
        return found
    raise NotFound("There is no such delivery.")


def attempts_of(
    deliveries: Collection[Delivery],
) -> Mapping[str, Sequence[DeliveryAttempt]]:
    """Return every attempt at these deliveries, the latest first, in one statement."""
    found: dict[str, list[DeliveryAttempt]] = defaultdict(list)
    select = sa.select(DeliveryAttempt).where(
        DeliveryAttempt.delivery_id.in_([each.id for each in deliveries])
    )
    for each in db.session.scalars(select.order_by(DeliveryAttempt.number.desc())):
        found[each.delivery_id].append(each)
    return found


@transaction
def send_again(delivery: Delivery, *, by: User | None) -> None:
    """Let a delivery be sent once more, with the same id, at once.

    Raise Conflict while an attempt is under way, and for a secret one that has ended.
    """
    is_free = sa.or_(Delivery.lease_until.is_(None), Delivery.lease_until <= clock.now())
    statement = (
        sa.update(Delivery)
        .where(Delivery.id == delivery.id, is_free, Delivery.body.is_not(None))
        .values(
            state=sa.case(
                (Delivery.state.in_(WAITING), Delivery.state), else_=DeliveryState.PENDING
            ),
            next_try_at=clock.now(),
            ended_at=None,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        raise Conflict("This can't be sent again: it is being sent, or it held a secret and ended.")
    db.session.refresh(delivery)
    audit.record("delivery.send_again", delivery, actor=by, event=delivery.event)


def _is_visible(user: User) -> sa.ColumnElement[Any]:
    if not is_allowed(user, Permission.PEOPLE_MANAGE):
        return Delivery.owner_id == user.id
    return Delivery.owner_id.in_(sa.select(User.id).where(manageable_by(user)))
