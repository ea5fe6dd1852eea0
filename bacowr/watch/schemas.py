"""What callers get to see of watched links."""

from marshmallow import Schema, fields, validate

from bacowr.engine.watch.standing import WatchStatus
from bacowr.engine.watch.verdicts import Verdict
from bacowr.watch.models import AlertKind


def _verdicts(description: str) -> fields.List[str]:
    word = fields.String(validate=validate.OneOf(list(Verdict)))
    return fields.List(word, required=True, metadata={"description": description})


class WatchSchema(Schema):
    """A published link that is watched, and what is known about it."""

    id = fields.String(required=True)
    user_id = fields.String(required=True, attribute="owner_id")
    backlink_id = fields.String(required=True)
    publisher_domain = fields.String(required=True, attribute="backlink.publisher_domain")
    publisher_url = fields.String(
        required=True, allow_none=True, attribute="backlink.publisher_url"
    )
    target_url = fields.String(required=True, attribute="backlink.target_url")
    anchor_text = fields.String(required=True, attribute="backlink.anchor_text")
    status = fields.Enum(WatchStatus, by_value=True, required=True)
    verdicts = _verdicts("The faults that a second check has confirmed.")
    suspected = _verdicts("The faults that one check found and none confirmed.")
    suspect_since = fields.DateTime(required=True, allow_none=True)
    last_checked_at = fields.DateTime(required=True, allow_none=True)
    changed_at = fields.DateTime(required=True, allow_none=True)
    next_check_at = fields.DateTime(required=True, allow_none=True)
    paused_at = fields.DateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class LinkCheckSchema(Schema):
    """What one look at a page found, with its evidence."""

    id = fields.String(required=True)
    watch_id = fields.String(required=True)
    attempt = fields.Integer(required=True)
    checked_at = fields.DateTime(required=True)
    url = fields.String(required=True)
    final_url = fields.String(required=True)
    redirects = fields.List(fields.String(), required=True)
    status_code = fields.Integer(required=True, allow_none=True)
    target_status = fields.Integer(required=True, allow_none=True)
    robots = fields.Dict(required=True)
    canonical = fields.String(required=True, allow_none=True)
    links = fields.List(fields.Dict(), required=True)
    label = fields.String(required=True, allow_none=True)
    containment = fields.Float(required=True, allow_none=True)
    page_sha256 = fields.String(required=True, allow_none=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reason = fields.String(required=True)
    findings = fields.List(fields.Dict(), required=True)


class LinkAlertSchema(Schema):
    """Something about a link that its owner is told once."""

    id = fields.String(required=True)
    watch_id = fields.String(required=True)
    kind = fields.Enum(AlertKind, by_value=True, required=True)
    verdicts = _verdicts("The faults it is about.")
    message = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    told_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When it was sent."}
    )
