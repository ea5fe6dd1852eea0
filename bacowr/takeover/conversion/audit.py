"""The audit log: every row is kept, what was said in requests is not."""

from typing import Any
from urllib.parse import urlsplit

from bacowr.audit.models import AuditEvent
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import Known, Row
from bacowr.takeover.rules import Rule

ACTION_LENGTH, LABEL_LENGTH, ID_LENGTH = 64, 320, 36
UNKNOWN = "unknown"
REDACTED = "[redacted]"
TOLD = ("method", "ip_address", "user_agent", "status", "error_message")
NUMBERS = ("status_code", "duration_ms")
BODIES = ("request_data", "response_data", "extra_data")


def convert(row: Row, known: Known) -> Records:
    """Turn an audit row into one of today."""
    resource = row.text("resource_id") or ""
    if len(resource) > ID_LENGTH:
        row.keep("resource_id", resource)
    label = row.short("user_email", LABEL_LENGTH)
    if not label:
        row.repair(Rule.AUDIT_TEXT)
    event: dict[str, Any] = {
        "id": row.id,
        "at": row.moment("timestamp") or _undated(row, known),
        "actor_id": row.short("user_id", ID_LENGTH),
        "actor_label": label or UNKNOWN,
        "action": row.short("action", ACTION_LENGTH) or UNKNOWN,
        "resource_type": row.short("resource_type", ACTION_LENGTH) or UNKNOWN,
        "resource_id": resource[:ID_LENGTH],
        "data": _data(row),
    }
    return [(AuditEvent, event)]


def _undated(row: Row, known: Known) -> Any:  # noqa: ANN401  # A moment.
    row.repair(Rule.NO_DATE)
    return known.at


def _data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = {name: text for name in TOLD if (text := row.text(name))}
    if endpoint := row.text("endpoint"):
        data["endpoint"] = urlsplit(endpoint).path if "?" in endpoint else endpoint
    for name in NUMBERS:
        said = row.text(name)
        if said is not None:
            data[name] = row.whole(name)
            row.repair(Rule.AUDIT_TEXT)
    for name in BODIES:
        if row.json(name) not in (None, {}, [], ""):
            data[name] = REDACTED
            row.repair(Rule.AUDIT_TEXT)
    if key := row.text("api_key"):
        data["api_key_last_four"] = key[-4:]
    return data
