"""What one is told, by mail and by webhooks, and the log of whether it arrived."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from bacowr.accounts import deliveries, letters, telling, webhooks
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.base import paging
from bacowr.base.db import transaction
from bacowr.base.errors import BacowrError, Conflict, Invalid
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.gate.limits import Bucket, limited
from bacowr.gate.postroom import postroom
from bacowr.notifications import sending
from bacowr.notifications.events import MEANT, Event
from bacowr.notifications.models import Webhook
from bacowr.notifications.schemas import NewWebhookSchema
from bacowr.notifications.states import WAITING, DeliveryState
from bacowr.web import forms, htmx
from bacowr.web.wording import Sign

PAGE_SIZE = 25
MAIL = "mail"
STATES = {
    DeliveryState.PENDING: Sign("Waiting", "hourglass", "idle"),
    DeliveryState.RETRYING: Sign("Trying again", "refresh", "warn"),
    DeliveryState.DELIVERED: Sign("Arrived", "circle-check", "ok"),
    DeliveryState.DEAD: Sign("Given up", "circle-x", "bad"),
}

bp = Blueprint("notifications", __name__, url_prefix="/notifications")


@dataclass(frozen=True)
class Shown:
    """A secret that is shown this once, and whose it is."""

    webhook_id: str
    secret: str


class AddressSchema(Schema):
    """Where a webhook is, and what it is called."""

    url = fields.String(required=True, validate=validate.Length(1, 2048))
    description = fields.String(load_default="", validate=validate.Length(max=120))


class MorningSchema(Schema):
    """When one's morning is."""

    hour = fields.Integer(required=True, validate=validate.Range(0, 23))
    time_zone = fields.String(required=True, validate=validate.Length(1, 64))


@bp.get("")
@needs(Permission.NOTIFICATIONS_READ)
def index() -> str:
    """Show what one chose to be told, one's webhooks, and the log."""
    if htmx.is_partial():
        return render_template("notifications/_log.html", **_log(current_user()))
    return _page()


@bp.post("/choices")
@needs(Permission.NOTIFICATIONS_CHANGE)
def choose() -> ResponseReturnValue:
    """Set what one is told where, all at once."""
    try:
        _choose(current_user(), forms.read(MorningSchema()))
    except Invalid as error:
        return _page(error=error), error.status
    return _back("Your choices are kept.")


@bp.post("/webhooks")
@needs(Permission.NOTIFICATIONS_CHANGE)
def create() -> ResponseReturnValue:
    """Add a webhook; this answer is the only one that shows its secret."""
    try:
        sent = forms.read(NewWebhookSchema(only=("url", "description")))
        every = {"events": list(Event)}
        made, secret = webhooks.create(sent | every, owner=current_user(), postroom=postroom())
    except (Invalid, Conflict) as error:
        return _page(hook_error=error), error.status
    return _page(shown=Shown(made.id, secret))


@bp.post("/webhooks/<webhook_id>")
@needs(Permission.NOTIFICATIONS_CHANGE)
def update(webhook_id: str) -> ResponseReturnValue:
    """Give a webhook another address or name."""
    hook = _own(webhook_id)
    try:
        changes = forms.read(AddressSchema())
        webhooks.update(hook, changes, by=current_user(), postroom=postroom())
    except Invalid as error:
        return _page(error=error), error.status
    return _back("The webhook is changed.")


@bp.post("/webhooks/<webhook_id>/<any(on, off):turned>")
@needs(Permission.NOTIFICATIONS_CHANGE)
def turn(webhook_id: str, turned: str) -> ResponseReturnValue:
    """Switch a webhook on or off."""
    changes = {"is_on": turned == "on"}
    webhooks.update(_own(webhook_id), changes, by=current_user(), postroom=postroom())
    return _back(f"The webhook is {turned}.")


@bp.post("/webhooks/<webhook_id>/rotate")
@needs(Permission.NOTIFICATIONS_CHANGE)
def rotate(webhook_id: str) -> str:
    """Give a webhook another secret; this answer is the only one that shows it."""
    hook = _own(webhook_id)
    return _page(
        shown=Shown(hook.id, webhooks.rotate(hook, by=current_user(), postroom=postroom()))
    )


@bp.post("/webhooks/<webhook_id>/delete")
@needs(Permission.NOTIFICATIONS_CHANGE)
def delete(webhook_id: str) -> ResponseReturnValue:
    """Delete a webhook."""
    webhooks.delete(_own(webhook_id), by=current_user())
    return _back("The webhook is deleted.")


@bp.post("/webhooks/<webhook_id>/test")
@limited(Bucket.TELLING)
@needs(Permission.NOTIFICATIONS_CHANGE)
def test(webhook_id: str) -> ResponseReturnValue:
    """Send a test to a webhook, and say what came of it."""
    return _told(webhooks.test(_own(webhook_id), by=current_user()))


@bp.post("/test-mail")
@limited(Bucket.TELLING)
@needs(Permission.NOTIFICATIONS_CHANGE)
def test_mail() -> ResponseReturnValue:
    """Send a test to one's own address, and say what came of it."""
    return _told(letters.send_test(current_user(), postroom=postroom()))


@bp.post("/deliveries/<delivery_id>/send-again")
@needs(Permission.NOTIFICATIONS_CHANGE)
def send_again(delivery_id: str) -> ResponseReturnValue:
    """Have a delivery sent once more."""
    user = current_user()
    deliveries.send_again(deliveries.get(delivery_id, owner=user), by=user)
    return _back("It is sent again as soon as a worker is free.", at="log")


@transaction
def _choose(user: User, morning: dict[str, Any]) -> None:
    mailed = {each: f"{MAIL}:{each}" in request.form for each in Event}
    telling.choose(user, {"is_on": MAIL in request.form, "events": mailed, **morning})
    for hook in webhooks.owned_by(user):
        wanted = sorted(each for each in Event if f"{hook.id}:{each}" in request.form)
        if wanted != hook.events:
            webhooks.update(hook, {"events": wanted}, by=user, postroom=postroom())


def _page(
    *,
    shown: Shown | None = None,
    error: BacowrError | None = None,
    hook_error: BacowrError | None = None,
) -> str:
    user = current_user()
    return render_template(
        "notifications/_webhooks.html" if htmx.is_partial() else "notifications/index.html",
        choices=telling.choices_of(user),
        hooks=webhooks.owned_by(user),
        has_mail=postroom().has_mail,
        meant=MEANT,
        zones=sorted(available_timezones()),
        shown=shown,
        error=error,
        hook_error=hook_error,
        most=webhooks.MOST,
        older=telling.older_webhook(user),
        **_log(user),
    )


def _log(user: User) -> dict[str, Any]:
    named = request.args.get("state", "")
    state = DeliveryState(named) if named in set(DeliveryState) else None
    number = max(1, request.args.get("page", 1, type=int))
    found = deliveries.visible_to(user, state=state)
    page = paging.paginate(found, page=number, page_size=PAGE_SIZE, total=paging.count(found))
    return {
        "page": page,
        "state": state,
        "attempts": deliveries.attempts_of(page.items),
        "signs": STATES,
        "waiting": WAITING,
        "own_id": user.id,
        "address": lambda turn: url_for("web.notifications.index", page=turn, state=named),
    }


def _own(webhook_id: str) -> Webhook:
    return webhooks.get(webhook_id, owner=current_user())


def _told(delivery_id: str) -> ResponseReturnValue:
    outcome = sending.send_now(delivery_id, postroom())
    return _back(f"The test did not arrive. {outcome.fault}" if outcome.fault else "It arrived.")


def _back(told: str, *, at: str | None = None) -> ResponseReturnValue:
    flash(told)
    return htmx.go(url_for("web.notifications.index", _anchor=at))
