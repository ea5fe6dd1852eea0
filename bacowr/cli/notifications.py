"""`flask notifications`: what is on its way to people, sent from the terminal."""

import json
import os
import socket

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from bacowr.accounts import deliveries, letters
from bacowr.accounts import queries as people
from bacowr.accounts.telling import active_among
from bacowr.base.db import db
from bacowr.base.errors import Conflict, NotFound
from bacowr.cli.errors import told
from bacowr.gate.postroom import postroom
from bacowr.notifications import sending, spreading
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.states import DeliveryState

MOST = 1000

group = AppGroup("notifications", help="What people are told by mail and webhooks.")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


@group.command("list")
@click.option(
    "--state", type=click.Choice([each.value for each in DeliveryState]), help="Only these."
)
@click.option("--stuck", is_flag=True, help="Only what failed and is tried again, or was given up.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="How many at most."
)
@as_json
@told
def list_deliveries(state: str | None, limit: int, *, stuck: bool, as_json: bool) -> None:
    """List deliveries, the newest first, each with what its last attempt came to."""
    select = sa.select(Delivery).order_by(Delivery.created_at.desc(), Delivery.id).limit(limit)
    if state:
        select = select.where(Delivery.state == DeliveryState(state))
    if stuck:
        select = select.where(Delivery.state.in_((DeliveryState.RETRYING, DeliveryState.DEAD)))
    shown = _shown(list(db.session.scalars(select)))
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for each in shown:
        line = f"{each['id']}  {each['state']:<9}  {each['attempts']:>2}  {each['event']:<16}"
        click.echo(f"{line}  {each['address']}  {each['fault'] or ''}".rstrip())
    click.echo(f"{len(shown)} listed.", err=True)


@group.command("send")
@click.argument("delivery_id", required=False, help="The delivery; none for all that is due.")
@told
def send(delivery_id: str | None) -> None:
    """Send one delivery now, whatever its state; without an id, everything that is due."""
    if delivery_id is None:
        while spreading.spread(postroom(), active_among):
            pass
        arrived = _send_due()
        click.echo(f"{arrived} arrived.")
        return
    found = db.session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("There is no such delivery.")
    deliveries.send_again(found, by=None)
    _tell(sending.send_now(delivery_id, postroom()).fault)


@group.command("test")
@click.argument("email", help="The person's address.")
@told
def test(email: str) -> None:
    """Send a test mail to a person, at once, and tell what the mail server said."""
    user = people.get_by_email(email)
    _tell(sending.send_now(letters.send_test(user, postroom=postroom()), postroom()).fault)


def _send_due() -> int:
    worker, arrived = f"{socket.gethostname()}:{os.getpid()}:terminal", 0
    while (done := sending.send_next(worker, postroom())) is not None:
        arrived += done.state is DeliveryState.DELIVERED
    return arrived


def _tell(fault: str | None) -> None:
    """Say that it arrived; raise Conflict when it did not, so that the command ends with 1."""
    if fault:
        raise Conflict(f"It did not arrive. {fault}")
    click.echo("It arrived.")


def _shown(found: list[Delivery]) -> list[dict[str, str | int | None]]:
    attempts = deliveries.attempts_of(found)
    return [
        {
            "id": each.id,
            "event": each.event,
            "channel": each.channel,
            "address": each.address,
            "state": each.state,
            "attempts": each.attempts,
            "next_try_at": each.next_try_at.isoformat() if each.next_try_at else None,
            "fault": next((one.fault for one in attempts.get(each.id, ())), None),
        }
        for each in found
    ]
