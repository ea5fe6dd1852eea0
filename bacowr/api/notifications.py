"""Being told: by mail or by webhooks, of what, and the log of it."""

from typing import Any

from flask import Response, url_for
from marshmallow import fields

from bacowr.accounts import deliveries, letters, telling, webhooks
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.api import lists
from bacowr.api.lists import PagingSchema
from bacowr.api.openapi import Blueprint
from bacowr.base import paging
from bacowr.base.errors import Conflict
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.gate.limits import Bucket, limited
from bacowr.gate.postroom import postroom
from bacowr.notifications import sending
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.models import Webhook
from bacowr.notifications.schemas import (
    DeliveryDetailSchema,
    DeliverySchema,
    NewWebhookSchema,
    PreferencesSchema,
    TestedSchema,
    WebhookChangesSchema,
    WebhookSchema,
    WebhookTestSchema,
    WebhookWithSecretSchema,
)
from bacowr.notifications.states import DeliveryState

WEBHOOK_ID = [{"in": "path", "name": "webhook_id", "description": "The webhook's id."}]
DELIVERY_ID = [{"in": "path", "name": "delivery_id", "description": "The delivery's id."}]
LOCATION = {"Location": {"description": "The webhook's address.", "schema": {"type": "string"}}}

_webhook, _delivery = WebhookSchema(), DeliverySchema()

bp = Blueprint(
    "api_notifications",
    __name__,
    url_prefix="/api/v1/notifications",
    description="What you and your programs are told, and whether it arrived.",
)


class DeliveryQuerySchema(PagingSchema):
    """Which deliveries, and which page of them."""

    state = fields.Enum(DeliveryState, by_value=True)


@bp.route("/preferences")
@bp.response(200, PreferencesSchema)
@needs(Permission.NOTIFICATIONS_READ)
def get_preferences() -> dict[str, Any]:
    """Show what you are mailed, and when your morning is."""
    return _preferences(current_user())


@bp.route("/preferences", methods=["PATCH"])
@bp.arguments(PreferencesSchema)
@bp.response(200, PreferencesSchema)
@needs(Permission.NOTIFICATIONS_CHANGE)
def update_preferences(changes: dict[str, Any]) -> dict[str, Any]:
    """Change what you are mailed; what isn't named stays."""
    user = current_user()
    telling.choose(user, changes)
    return _preferences(user)


@bp.route("/webhooks")
@bp.response(200, WebhookSchema(many=True))
@needs(Permission.NOTIFICATIONS_READ)
def list_webhooks() -> list[Webhook]:
    """List your webhooks, the oldest first; there are ten at most."""
    return webhooks.owned_by(current_user())


@bp.route("/webhooks", methods=["POST"])
@bp.arguments(NewWebhookSchema)
@bp.response(201, WebhookWithSecretSchema, headers=LOCATION)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.NOTIFICATIONS_CHANGE)
def create_webhook(sent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Add a webhook; its secret is told this once."""
    made, secret = webhooks.create(sent, owner=current_user(), postroom=postroom())
    return _with_secret(made, secret), {"Location": url_for(".get_webhook", webhook_id=made.id)}


@bp.route("/webhooks/<id:webhook_id>", parameters=WEBHOOK_ID)
@bp.response(200, WebhookSchema)
@needs(Permission.NOTIFICATIONS_READ)
def get_webhook(webhook_id: str) -> Webhook:
    """Show one of your webhooks."""
    return webhooks.get(webhook_id, owner=current_user())


@bp.route("/webhooks/<id:webhook_id>", parameters=WEBHOOK_ID, methods=["PATCH"])
@bp.arguments(WebhookChangesSchema)
@bp.response(200, WebhookSchema)
@needs(Permission.NOTIFICATIONS_CHANGE)
def update_webhook(changes: dict[str, Any], webhook_id: str) -> Webhook:
    """Change a webhook; what isn't named stays. What waits for it goes to the new address."""
    user = current_user()
    found = webhooks.get(webhook_id, owner=user)
    webhooks.update(found, changes, by=user, postroom=postroom())
    return found


@bp.route("/webhooks/<id:webhook_id>", parameters=WEBHOOK_ID, methods=["DELETE"])
@bp.response(204)
@needs(Permission.NOTIFICATIONS_CHANGE)
def delete_webhook(webhook_id: str) -> None:
    """Delete a webhook, with the log of what was sent there."""
    user = current_user()
    webhooks.delete(webhooks.get(webhook_id, owner=user), by=user)


@bp.route("/webhooks/<id:webhook_id>/rotate", parameters=WEBHOOK_ID, methods=["POST"])
@bp.response(200, WebhookWithSecretSchema)
@needs(Permission.NOTIFICATIONS_CHANGE)
def rotate_webhook_secret(webhook_id: str) -> dict[str, Any]:
    """Give a webhook another secret, told this once; for a day both sign."""
    user = current_user()
    found = webhooks.get(webhook_id, owner=user)
    return _with_secret(found, webhooks.rotate(found, by=user, postroom=postroom()))


@bp.route("/webhooks/<id:webhook_id>/test", parameters=WEBHOOK_ID, methods=["POST"])
@bp.response(200, TestedSchema)
@limited(Bucket.TELLING)
@needs(Permission.NOTIFICATIONS_CHANGE)
def test_one_webhook(webhook_id: str) -> dict[str, Any]:
    """Send a test to one of your webhooks at once, and say what came of it."""
    return _test(webhooks.get(webhook_id, owner=current_user()))


@bp.route("/test-webhook", methods=["POST"])
@bp.arguments(WebhookTestSchema)
@bp.response(200, TestedSchema)
@bp.alt_response(404, response="NOT_FOUND")
@bp.alt_response(409, response="CONFLICT")
@limited(Bucket.TELLING)
@needs(Permission.NOTIFICATIONS_CHANGE)
def test_webhook(sent: dict[str, Any]) -> dict[str, Any]:
    """Do the same under the name that older clients use; the oldest webhook unless one is named."""
    user = current_user()
    if named := sent.get("webhook_id"):
        return _test(webhooks.get(named, owner=user))
    known = webhooks.owned_by(user)
    if not known:
        raise Conflict("You have no webhook yet.")
    return _test(known[0])


@bp.route("/test-email", methods=["POST"])
@bp.response(200, TestedSchema)
@bp.alt_response(409, response="CONFLICT")
@limited(Bucket.TELLING)
@needs(Permission.NOTIFICATIONS_CHANGE)
def test_email() -> dict[str, Any]:
    """Send a test to your own address at once, and say what the mail server answered."""
    return _tested(letters.send_test(current_user(), postroom=postroom()))


@bp.route("/deliveries")
@bp.arguments(DeliveryQuerySchema, location="query")
@bp.response(200, lists.schema_of(DeliverySchema))
@needs(Permission.NOTIFICATIONS_READ)
def list_deliveries(query: dict[str, Any]) -> Response:
    """List what you were told, the newest first; admins see the log of whom they look after."""
    select = deliveries.visible_to(current_user(), state=query.get("state"))
    page = paging.paginate(
        select, page=query["page"], page_size=query["page_size"], total=paging.count(select)
    )
    return lists.answer(page, _delivery.dump(page.items, many=True))


@bp.route("/deliveries/<id:delivery_id>", parameters=DELIVERY_ID)
@bp.response(200, DeliveryDetailSchema)
@needs(Permission.NOTIFICATIONS_READ)
def get_delivery(delivery_id: str) -> dict[str, Any]:
    """Show a delivery with what was sent and every attempt."""
    return _detail(deliveries.get(delivery_id, owner=current_user()))


@bp.route("/deliveries/<id:delivery_id>/send-again", parameters=DELIVERY_ID, methods=["POST"])
@bp.response(202, DeliveryDetailSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.NOTIFICATIONS_CHANGE)
def send_delivery_again(delivery_id: str) -> dict[str, Any]:
    """Have a delivery sent once more, with the same id."""
    user = current_user()
    found = deliveries.get(delivery_id, owner=user)
    deliveries.send_again(found, by=user)
    return _detail(found)


def _preferences(user: User) -> dict[str, Any]:
    return vars(telling.choices_of(user)) | {"has_mail": postroom().has_mail}


def _with_secret(webhook: Webhook, secret: str) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(webhook, name) for name in _webhook.fields}
    return shown | {"secret": secret}


def _detail(delivery: Delivery) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(delivery, name) for name in _delivery.fields}
    body = None if delivery.is_secret else delivery.body
    return shown | {"body": body, "log": deliveries.attempts_of([delivery])[delivery.id]}


def _test(webhook: Webhook) -> dict[str, Any]:
    return _tested(webhooks.test(webhook, by=current_user()))


def _tested(delivery_id: str) -> dict[str, Any]:
    done = sending.send_now(delivery_id, postroom())
    message = done.fault or "It arrived."
    return {"success": done.fault is None, "message": message, "delivery_id": delivery_id}
