"""Published links: what is known of them, what each check found, and a look at once."""

from datetime import UTC
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.api import lists
from bacowr.api.lists import PagingSchema
from bacowr.api.openapi import Blueprint
from bacowr.base import paging
from bacowr.engine.watch.standing import WatchStatus
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.watch import queries, service
from bacowr.watch.models import LinkWatch
from bacowr.watch.schemas import LinkAlertSchema, LinkCheckSchema, WatchSchema

LONGEST_SEARCH = 200
WATCH_ID = [{"in": "path", "name": "watch_id", "description": "The watch's id, or its backlink's."}]

AlertListSchema = lists.schema_of(LinkAlertSchema)
_watch, _check, _alert = WatchSchema(), LinkCheckSchema(), LinkAlertSchema()

bp = Blueprint(
    "api_watch",
    __name__,
    url_prefix="/api/v1/watch",
    description="Published links, looked at again and again.",
)


class Words(fields.Enum[WatchStatus]):
    """A word of a closed set, in any case."""

    def _deserialize(self, value: object, *rest: Any, **more: Any) -> Any:  # noqa: ANN401  # Theirs.
        return super()._deserialize(str(value).strip().lower(), *rest, **more)


class WatchQuerySchema(PagingSchema):
    """Which links, and which page of them."""

    status = Words(WatchStatus, by_value=True)
    search = fields.String(
        validate=[
            validate.Length(max=LONGEST_SEARCH),
            validate.Regexp(r"^[^\x00-\x1f]*$", error="Must not hold control characters."),
        ],
        metadata={"description": "A part of the page, the target or the anchor."},
    )


class AlertQuerySchema(PagingSchema):
    """Since when, and which page of them."""

    since = fields.AwareDateTime(
        default_timezone=UTC, metadata={"description": "Only from this moment on."}
    )


@bp.route("")
@bp.arguments(WatchQuerySchema, location="query")
@bp.response(200, lists.schema_of(WatchSchema))
@needs(Permission.WATCH_READ)
def list_watches(query: dict[str, Any]) -> Response:
    """List the links that are watched, what needs a look first."""
    wanted = {"status": query.get("status"), "search": query.get("search", "")}
    return _page(queries.owned_by(current_user(), **wanted), query, _watch)


@bp.route("/alerts")
@bp.arguments(AlertQuerySchema, location="query")
@bp.response(200, AlertListSchema)
@needs(Permission.WATCH_READ)
def list_alerts(query: dict[str, Any]) -> Response:
    """List what happened to your links, the latest first; each thing is there once."""
    return _page(queries.alerts(current_user(), since=query.get("since")), query, _alert)


@bp.route("/<id:watch_id>", parameters=WATCH_ID)
@bp.response(200, WatchSchema)
@needs(Permission.WATCH_READ)
def get_watch(watch_id: str) -> LinkWatch:
    """Show one link and what is known about it."""
    return _get(watch_id)


@bp.route("/<id:watch_id>/checks", parameters=WATCH_ID)
@bp.arguments(PagingSchema, location="query")
@bp.response(200, lists.schema_of(LinkCheckSchema))
@needs(Permission.WATCH_READ)
def list_checks(query: dict[str, Any], watch_id: str) -> Response:
    """List what every look at a page found, with its evidence, the latest first."""
    return _page(queries.checks(_get(watch_id)), query, _check)


@bp.route("/<id:watch_id>/alerts", parameters=WATCH_ID)
@bp.arguments(AlertQuerySchema, location="query")
@bp.response(200, AlertListSchema)
@needs(Permission.WATCH_READ)
def list_alerts_of_watch(query: dict[str, Any], watch_id: str) -> Response:
    """List what happened to one link, the latest first."""
    found = queries.alerts(current_user(), watch=_get(watch_id), since=query.get("since"))
    return _page(found, query, _alert)


@bp.route("/<id:watch_id>/check", parameters=WATCH_ID, methods=["POST"])
@bp.response(202, WatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.WATCH_CHECK)
def check_watch(watch_id: str) -> LinkWatch:
    """Have a link looked at as soon as a worker is free; `last_checked_at` tells when it was."""
    watch = _get(watch_id)
    service.ask(watch, by=current_user())
    return watch


@bp.route("/<id:watch_id>/pause", parameters=WATCH_ID, methods=["POST"])
@bp.response(200, WatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.WATCH_CHECK)
def pause_watch(watch_id: str) -> LinkWatch:
    """Leave a link alone until it is resumed; the end of its deal is told all the same."""
    watch = _get(watch_id)
    service.pause(watch, by=current_user())
    return watch


@bp.route("/<id:watch_id>/resume", parameters=WATCH_ID, methods=["POST"])
@bp.response(200, WatchSchema)
@needs(Permission.WATCH_CHECK)
def resume_watch(watch_id: str) -> LinkWatch:
    """Look at a link again, at once where its turn came meanwhile."""
    watch = _get(watch_id)
    service.resume(watch, by=current_user())
    return watch


def _get(watch_id: str) -> LinkWatch:
    return queries.get(watch_id, owner=current_user())


def _page(select: Any, query: dict[str, Any], schema: Schema) -> Response:  # noqa: ANN401  # A select of either kind.
    number, size = query["page"], query["page_size"]
    page = paging.paginate(select, page=number, page_size=size, total=paging.count(select))
    return lists.answer(page, schema.dump(page.items, many=True))
