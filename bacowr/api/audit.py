"""The audit log, for admins: the addresses and shapes that older clients know."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Response
from marshmallow import Schema, fields, validate

from bacowr.accounts.oversight import overseen_by
from bacowr.accounts.permissions import Permission
from bacowr.api.lists import LAST_PAGE
from bacowr.api.openapi import Blueprint
from bacowr.audit import queries
from bacowr.audit.models import AuditEvent
from bacowr.audit.queries import Wanted
from bacowr.base import paging
from bacowr.base.db import db
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user

TOTAL = "X-Total-Count"
MOST, MOST_HOURS = 1000, 720
EVENT_ID = [{"in": "path", "name": "event_id", "description": "The entry's id."}]
USER_ID = [{"in": "path", "name": "user_id", "description": "The person's id."}]
THING = [
    {"in": "path", "name": "resource_type", "description": "The thing's table, such as `jobs`."},
    {"in": "path", "name": "resource_id", "description": "The thing's id."},
]

bp = Blueprint(
    "api_audit", __name__, url_prefix="/api/v1/audit", description="Who did what, and when."
)


class AuditPartSchema(Schema):
    """Which part of the entries."""

    skip = fields.Integer(load_default=0, validate=validate.Range(0, LAST_PAGE))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST))


class AuditHoursSchema(Schema):
    """How far back."""

    hours = fields.Integer(load_default=24, validate=validate.Range(1, MOST_HOURS))


class AuditRecentSchema(AuditPartSchema, AuditHoursSchema):
    """How far back, and which part of it."""


class AuditQuerySchema(AuditPartSchema):
    """Which entries are looked for."""

    user_id = fields.String(validate=validate.Length(1, 320))
    action = fields.String(
        validate=validate.Length(1, 64),
        metadata={"description": "An action such as `job.create`; `job.` for all of a room."},
    )
    resource_type = fields.String(validate=validate.Length(1, 64))
    resource_id = fields.String(validate=validate.Length(1, 36))
    start_date = fields.AwareDateTime(default_timezone=UTC)
    end_date = fields.AwareDateTime(default_timezone=UTC)


class AuditLogSchema(Schema):
    """One entry; what older versions kept of a request is there for their entries only."""

    id = fields.String(required=True)
    timestamp = fields.AwareDateTime(required=True)
    user_id = fields.String(required=True, allow_none=True)
    user_email = fields.String(required=True)
    action = fields.String(required=True)
    resource_type = fields.String(required=True)
    resource_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["success", "failure"]))
    method = fields.String(required=True, allow_none=True)
    endpoint = fields.String(required=True, allow_none=True)
    ip_address = fields.String(required=True, allow_none=True)
    user_agent = fields.String(required=True, allow_none=True)
    status_code = fields.Integer(required=True, allow_none=True)
    duration_ms = fields.Float(required=True, allow_none=True)
    error_message = fields.String(required=True, allow_none=True)
    extra_data = fields.Dict(required=True)
    sequence = fields.Integer(required=True, allow_none=True)
    hash = fields.String(required=True, allow_none=True)


class AuditStatsSchema(Schema):
    """How much happened."""

    total_events = fields.Integer(required=True)
    events_by_action = fields.Dict(fields.String(), fields.Integer(), required=True)
    events_by_user = fields.Dict(fields.String(), fields.Integer(), required=True)
    events_by_status = fields.Dict(fields.String(), fields.Integer(), required=True)
    failed_events = fields.Integer(required=True)
    security_events = fields.Integer(required=True)
    avg_duration_ms = fields.Float(required=True, allow_none=True)


OF_REQUESTS = (
    "method",
    "endpoint",
    "ip_address",
    "user_agent",
    "status_code",
    "duration_ms",
    "error_message",
)


@bp.route("/logs")
@bp.arguments(AuditQuerySchema, location="query")
@bp.response(200, AuditLogSchema(many=True))
@needs(Permission.AUDIT_READ)
def list_audit_logs(query: dict[str, Any]) -> Response:
    """List entries, the newest first; `X-Total-Count` says how many match."""
    wanted = Wanted(
        person=query.get("user_id"),
        action=query.get("action"),
        resource_type=query.get("resource_type"),
        resource_id=query.get("resource_id"),
        since=query.get("start_date"),
        until=query.get("end_date"),
    )
    return _part(_found(wanted), query)


@bp.route("/logs/<id:event_id>", parameters=EVENT_ID)
@bp.response(200, AuditLogSchema)
@needs(Permission.AUDIT_READ)
def get_audit_log(event_id: str) -> Mapping[str, Any]:
    """Show one entry."""
    return _shown(queries.get(event_id, overseen_by(current_user())))


@bp.route("/users/<id:user_id>/activity", parameters=USER_ID)
@bp.arguments(AuditPartSchema, location="query")
@bp.response(200, AuditLogSchema(many=True))
@needs(Permission.AUDIT_READ)
def list_user_activity(query: dict[str, Any], user_id: str) -> Response:
    """List what a person did, the newest first."""
    return _part(_found(Wanted()).where(AuditEvent.actor_id == user_id), query)


@bp.route("/resources/<id:resource_type>/<id:resource_id>/history", parameters=THING)
@bp.arguments(AuditPartSchema, location="query")
@bp.response(200, AuditLogSchema(many=True))
@needs(Permission.AUDIT_READ)
def list_resource_history(query: dict[str, Any], resource_type: str, resource_id: str) -> Response:
    """List what was done to a thing, the newest first."""
    return _part(_found(Wanted(resource_type=resource_type, resource_id=resource_id)), query)


@bp.route("/security-events")
@bp.arguments(AuditRecentSchema, location="query")
@bp.response(200, AuditLogSchema(many=True))
@needs(Permission.AUDIT_READ)
def list_security_events(query: dict[str, Any]) -> Response:
    """List what was done about people, logins and keys in the last hours."""
    within = (queries.recent(query["hours"]), queries.is_security())
    return _part(_found(Wanted()).where(*within), query)


@bp.route("/failed-actions")
@bp.arguments(AuditRecentSchema, location="query")
@bp.response(200, AuditLogSchema(many=True))
@needs(Permission.AUDIT_READ)
def list_failed_actions(query: dict[str, Any]) -> Response:
    """List what went wrong or was refused in the last hours."""
    within = (queries.recent(query["hours"]), queries.is_failed())
    return _part(_found(Wanted()).where(*within), query)


@bp.route("/stats")
@bp.arguments(AuditHoursSchema, location="query")
@bp.response(200, AuditStatsSchema)
@needs(Permission.AUDIT_READ)
def get_audit_stats(query: dict[str, Any]) -> Mapping[str, Any]:
    """Count what happened in the last hours."""
    return queries.statistics(query["hours"], overseen_by(current_user()))


def _found(wanted: Wanted) -> sa.Select[AuditEvent]:
    return queries.found(wanted, overseen_by(current_user()))


def _part(select: sa.Select[AuditEvent], query: Mapping[str, Any]) -> Response:
    part: Iterable[AuditEvent] = db.session.scalars(
        select.offset(query["skip"]).limit(query["limit"])
    )
    text = json.dumps([_shown(each) for each in part], default=datetime.isoformat)
    answer = Response(text, mimetype="application/json")
    answer.headers[TOTAL] = str(paging.count(select))
    return answer


def _shown(event: AuditEvent) -> dict[str, Any]:
    data = event.data
    return {
        "id": event.id,
        "timestamp": event.at,
        "user_id": event.actor_id,
        "user_email": event.actor_label,
        "action": event.action,
        "resource_type": event.resource_type,
        "resource_id": event.resource_id,
        "status": queries.status_of(event),
        **{name: data.get(name) for name in OF_REQUESTS},
        "extra_data": {key: data[key] for key in data if key not in {*OF_REQUESTS, "status"}},
        "sequence": event.sequence,
        "hash": event.hash,
    }
