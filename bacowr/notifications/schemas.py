"""What callers send about being told, and what they get to see."""

from marshmallow import Schema, fields, validate

from bacowr.notifications.events import Event
from bacowr.notifications.models import Channel
from bacowr.notifications.states import DeliveryState

URL_LENGTH = 2048
NAME_LENGTH = 120

_plain = validate.Regexp(r"^[^\x00-\x1f\x7f]*$", error="Must not hold control characters.")


class WebhookChangesSchema(Schema):
    """What is to change of a webhook; what isn't named stays."""

    url = fields.String(
        validate=[validate.Length(1, URL_LENGTH), _plain],
        metadata={
            "description": "Where to post; public, http or https.",
            "example": "https://example.com/bacowr",
        },
    )
    description = fields.String(validate=[validate.Length(max=NAME_LENGTH), _plain])
    events = fields.List(
        fields.Enum(Event, by_value=True),
        validate=validate.Length(1, len(Event)),
        metadata={"description": "What it is told.", "example": ["job.completed"]},
    )
    is_on = fields.Boolean(metadata={"description": "Whether anything is sent there."})


class NewWebhookSchema(Schema):
    """A new webhook; it is told everything unless events are named."""

    url = fields.String(
        required=True,
        validate=[validate.Length(1, URL_LENGTH), _plain],
        metadata={
            "description": "Where to post; public, http or https.",
            "example": "https://example.com/bacowr",
        },
    )
    description = fields.String(
        load_default="", validate=[validate.Length(max=NAME_LENGTH), _plain]
    )
    events = fields.List(
        fields.Enum(Event, by_value=True),
        load_default=lambda: list(Event),
        validate=validate.Length(1, len(Event)),
        metadata={"description": "What it is told; everything, when left out."},
    )


class WebhookSchema(Schema):
    """A webhook; its secret was shown when it was made."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    description = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    is_on = fields.Boolean(required=True)
    previous_until = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Until when the secret before signs too."},
    )
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    version = fields.Integer(required=True)


class WebhookWithSecretSchema(WebhookSchema):
    """A webhook with its secret, this once."""

    secret = fields.String(required=True, metadata={"example": "whsec_c2VjcmV0…"})


class AttemptSchema(Schema):
    """One attempt at a delivery."""

    number = fields.Integer(required=True)
    begun_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    code = fields.Integer(
        required=True, allow_none=True, metadata={"description": "HTTP status or SMTP code."}
    )
    answer = fields.String(required=True, allow_none=True)
    fault = fields.String(required=True, allow_none=True)


class DeliverySchema(Schema):
    """One message to one address, and how far it came."""

    id = fields.String(required=True)
    event = fields.String(required=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    address = fields.String(required=True)
    webhook_id = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True)
    state = fields.Enum(DeliveryState, by_value=True, required=True)
    attempts = fields.Integer(required=True)
    next_try_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)


class DeliveryDetailSchema(DeliverySchema):
    """One message, with what was sent and every attempt."""

    body = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What is sent; null for what holds a secret."},
    )
    log = fields.List(fields.Nested(AttemptSchema), required=True)


class PreferencesSchema(Schema):
    """What somebody is told by mail, and when the morning is; what isn't named stays."""

    is_on = fields.Boolean(metadata={"description": "Whether mail is sent at all."})
    address = fields.String(dump_only=True, metadata={"description": "Where it is sent."})
    has_mail = fields.Boolean(
        dump_only=True, metadata={"description": "Whether this installation can send mail."}
    )
    events = fields.Dict(
        keys=fields.Enum(Event, by_value=True),
        values=fields.Boolean(),
        metadata={
            "description": "Of each event, whether it is mailed.",
            "example": {"link.lost": True},
        },
    )
    hour = fields.Integer(
        validate=validate.Range(0, 23),
        metadata={"description": "The hour of the morning summary, by the clock of `time_zone`."},
    )
    time_zone = fields.String(
        validate=validate.Length(1, 64), metadata={"example": "Europe/Stockholm"}
    )


class TestedSchema(Schema):
    """What came of a test."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
    delivery_id = fields.String(required=True)


class WebhookTestSchema(Schema):
    """Which webhook to test; the oldest, when left out."""

    webhook_id = fields.String(validate=validate.Length(1, 36))
