"""The audit log, for admins: looked through, and taken away."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request, stream_with_context

from bacowr.accounts.oversight import overseen_by
from bacowr.accounts.permissions import Permission
from bacowr.audit import exporting, queries
from bacowr.audit.models import AuditEvent
from bacowr.audit.queries import Wanted
from bacowr.base import paging
from bacowr.base.errors import NotFound
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user

PAGE_SIZE = 50
WRITERS = {
    "csv": (exporting.as_csv, "text/csv; charset=utf-8"),
    "json": (exporting.as_json, "application/json"),
}

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@needs(Permission.AUDIT_READ)
def index() -> str:
    """Show who did what, the newest first."""
    select, number = _found(), request.args.get("page", "")
    total = paging.count(select)
    last = max(1, -(-total // PAGE_SIZE))
    page = min(int(number), last) if number.isdecimal() and len(number) < len("1000000") else 1
    told: dict[str, Any] = {
        "page": paging.paginate(select, page=max(1, page), page_size=PAGE_SIZE, total=total),
        "asked": _asked(),
        "actions": queries.actions(overseen_by(current_user())),
        "status_of": queries.status_of,
    }
    return render_template("audit/index.html", **told)


@bp.get("/export.<ending>")
@needs(Permission.AUDIT_READ)
def export(ending: str) -> Response:
    """Send what is looked for as a file."""
    if ending not in WRITERS:
        raise NotFound("There is no such file.")
    write, kind = WRITERS[ending]
    parts = stream_with_context(write(queries.walk(_found())))
    response = Response(parts, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=f"audit.{ending}")
    return response


def _found() -> sa.Select[AuditEvent]:
    return queries.found(_wanted(_asked()), overseen_by(current_user()))


def _asked() -> dict[str, str]:
    """Return what the address asks for, without what is empty."""
    names = ("person", "action", "resource_type", "resource_id", "since", "until")
    return {name: text for name in names if (text := request.args.get(name, "").strip())}


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """Read a filter; a day that is none is as if it were not there."""
    plain: dict[str, Any] = {name: asked.get(name) for name in asdict(Wanted())}
    until = _day(asked.get("until", ""))
    plain["since"] = _day(asked.get("since", ""))
    plain["until"] = until + timedelta(days=1) if until and until.year < date.max.year else None
    return Wanted(**plain)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None
