"""The library of placements: deal records, their figures, and another one like it."""

from typing import Any

from flask import Response, request, url_for
from marshmallow import fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.api import lists
from bacowr.api.arguments import read_json, read_object
from bacowr.api.lists import PagingSchema
from bacowr.api.openapi import Blueprint
from bacowr.backlinks import bulk, queries, service, similar, statistics
from bacowr.backlinks.bulk import Brought
from bacowr.backlinks.filters import LONGEST, Filters, Sort
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.backlinks.queries import Detail
from bacowr.backlinks.schemas import (
    BacklinkAnalyticsSchema,
    BacklinkDetailSchema,
    BacklinkSchema,
    BacklinkStatsSchema,
    BroughtSchema,
    ChangedBacklinkSchema,
    NewBacklinkSchema,
)
from bacowr.backlinks.statistics import BUDGET_LABEL
from bacowr.base import paging
from bacowr.base.errors import Invalid, NotFound
from bacowr.engine.order import AnchorType
from bacowr.engine.terms import DealType, Rel
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries as jobs
from bacowr.jobs.money import placed
from bacowr.jobs.schemas import NewJobSchema
from bacowr.jobs.scores import shown_score

JSON = "application/json"
BACKLINK_ID = [{"in": "path", "name": "backlink_id", "description": "The backlink's id."}]
EXAMPLE = {
    "publisher_url": "https://example.com/article",
    "target_url": "https://example.org/guide",
    "anchor_text": "a good guide",
    "deal_type": "paid",
    "agreed_rel": "sponsored",
    "price": "1500",
    "currency": "SEK",
}
LOCATION = {"Location": {"description": "The backlink's address.", "schema": {"type": "string"}}}
VERSION = {
    "in": "query",
    "name": "version",
    "description": "The version that you have seen; a conflict when there is a newer one.",
    "schema": {"type": "integer", "minimum": 1},
}
AS_NEW = {
    "in": "query",
    "name": "as_new",
    "description": "Add it although the library has the same link told otherwise.",
    "schema": {"type": "boolean", "default": False},
}

_backlink = BacklinkSchema()

bp = Blueprint(
    "api_backlinks",
    __name__,
    url_prefix="/api/v1/backlinks",
    description="Agreed links, from the agreement to the page they stand on.",
)


def _body(schema: Any, example: object) -> dict[str, Any]:  # noqa: ANN401  # A schema, or its description.
    return {"required": True, "content": {JSON: {"schema": schema, "example": example}}}


def _text(description: str) -> fields.String:
    return fields.String(
        validate=[
            validate.Length(max=LONGEST),
            validate.Regexp(r"^[^\x00-\x1f]*$", error="Must not hold control characters."),
        ],
        metadata={"description": description},
    )


class BacklinkQuerySchema(PagingSchema):
    """Which backlinks, in which order, and which page of them."""

    search = _text("A part of publisher, page, target, anchor, customer or reference.")
    publisher_domain = _text("Only this site.")
    target = _text("A part of the target's address.")
    customer = _text("Only this customer.")
    campaign = _text("Only this campaign.")
    category = _text("Only this category.")
    language = _text("Only this language.")
    tag = _text("Only with this tag.")
    placement = fields.Enum(Placement, by_value=True)
    deal_type = fields.Enum(DealType, by_value=True)
    agreed_rel = fields.Enum(Rel, by_value=True)
    anchor_type = fields.Enum(AnchorType, by_value=True)
    expires_within = fields.Integer(
        validate=validate.Range(0, 3660),
        metadata={"description": "Published and ending within so many days."},
    )
    is_red = fields.Boolean(
        metadata={"description": "Followed, something was given for it, and no reason."}
    )
    sort = fields.Enum(Sort, by_value=True, metadata={"default": Sort.NEWEST})


@bp.route("")
@bp.arguments(BacklinkQuerySchema, location="query")
@bp.response(200, lists.schema_of(BacklinkSchema))
@needs(Permission.BACKLINKS_READ)
def list_backlinks(query: dict[str, Any]) -> Response:
    """List your backlinks, newest first unless you sort them otherwise."""
    page, size = query.pop("page"), query.pop("page_size")
    filters = Filters.read(query | {"publisher": query.pop("publisher_domain", "")})
    owner = current_user()
    found = paging.paginate(
        queries.owned_by(owner, filters),
        page=page,
        page_size=size,
        total=queries.count_owned_by(owner, filters),
    )
    return lists.answer(found, _backlink.dump(found.items, many=True))


@bp.route("", methods=["POST"])
@bp.doc(requestBody=_body(NewBacklinkSchema, EXAMPLE), parameters=[AS_NEW])
@bp.response(201, BacklinkSchema, headers=LOCATION)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BACKLINKS_EDIT)
def create_backlink() -> tuple[Backlink, dict[str, str]]:
    """Add a backlink.

    Sent again in the same words it is the backlink that exists; the same link told otherwise is
    a conflict.
    """
    owner, given = current_user(), read_object(request)
    as_new = request.args.get("as_new", "").lower() in {"1", "true"}
    _check_job(given)
    made = service.create(given, owner=owner, as_new=as_new)
    return made, {"Location": url_for(".get_backlink", backlink_id=made.id)}


@bp.route("/bulk", methods=["POST"])
@bp.doc(
    requestBody=_body(
        {
            "type": "object",
            "required": ["backlinks"],
            "properties": {
                "backlinks": {"type": "array", "minItems": 1, "items": {"type": "object"}}
            },
        },
        {"backlinks": [EXAMPLE]},
    )
)
@bp.response(201, BroughtSchema)
@needs(Permission.BACKLINKS_IMPORT)
def import_backlinks() -> Brought:
    """Add 1 to 1,000 backlinks; what is in order is stored, and the rest is told by its number.

    A bare list is taken as well. A link that the library has adds nothing, so sending the same
    list twice changes nothing.
    """
    body = read_json(request)
    rows = body.get("backlinks") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        text = "Send a list of backlinks."
        raise Invalid(text, fields={"backlinks": [text]})
    return bulk.bring(rows, owner=current_user())


@bp.route("/stats")
@bp.response(200, BacklinkStatsSchema)
@needs(Permission.BACKLINKS_READ)
def get_backlink_stats() -> dict[str, Any]:
    """Show your library in figures, and the anchors of each target against their budget."""
    owner = current_user()
    totals = statistics.totals(owner)
    columns = {
        "by_publisher": Backlink.publisher_domain,
        "by_category": Backlink.category,
        "by_language": Backlink.language,
        "by_customer": Backlink.customer,
    }
    budgets = statistics.budgets(owner)[: statistics.MOST_NAMED]
    return {
        "total_count": totals.total,
        **{
            name: {each.name: each.total for each in statistics.per(column, owner)}
            for name, column in columns.items()
        },
        "by_placement": dict(totals.by_placement),
        **statistics.averages(owner),
        "red_count": totals.red,
        "expiring_count": totals.expiring,
        "anchor_budget_label": BUDGET_LABEL,
        "anchor_budgets": budgets,
    }


@bp.route("/analytics")
@bp.response(200, BacklinkAnalyticsSchema)
@needs(Permission.BACKLINKS_READ)
def get_backlink_analytics() -> dict[str, Any]:
    """Show what your links came to: where they are, what their articles cost, how good they are."""
    owner = current_user()
    totals, behind = statistics.totals(owner), placed.behind_links_of(owner)
    return {
        "total": totals.total,
        "by_status": dict(totals.by_placement),
        "by_publisher": {
            each.name: each.total for each in statistics.per(Backlink.publisher_domain, owner)
        },
        "total_cost": behind.cost_usd,
        "avg_qc_score": shown_score(behind.mean_score),
        "total_prices": dict(totals.prices),
    }


@bp.route("/<id:backlink_id>", parameters=BACKLINK_ID)
@bp.response(200, BacklinkDetailSchema)
@needs(Permission.BACKLINKS_READ)
def get_backlink(backlink_id: str) -> Detail:
    """Show a backlink with its history."""
    return queries.detail(queries.get(backlink_id, owner=current_user()))


@bp.route("/<id:backlink_id>", parameters=BACKLINK_ID, methods=["PATCH"])
@bp.doc(requestBody=_body(ChangedBacklinkSchema, {"placement": "removed"}), parameters=[VERSION])
@bp.response(200, BacklinkDetailSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BACKLINKS_EDIT)
def update_backlink(backlink_id: str) -> Detail:
    """Change a backlink, or move it: `placement` goes only where it can from where it is."""
    owner, given = current_user(), read_object(request)
    backlink = queries.get(backlink_id, owner=owner)
    _check_job(given)
    service.update(backlink, given, by=owner, version=_version())
    return queries.detail(backlink)


@bp.route("/<id:backlink_id>", parameters=BACKLINK_ID, methods=["DELETE"])
@bp.response(204)
@needs(Permission.BACKLINKS_EDIT)
def delete_backlink(backlink_id: str) -> None:
    """Delete a backlink with its history, for good; move it to `removed` to keep it."""
    owner = current_user()
    service.delete(queries.get(backlink_id, owner=owner), by=owner)


@bp.route("/<id:backlink_id>/generate-similar", parameters=BACKLINK_ID, methods=["POST"])
@bp.response(200, NewJobSchema)
@needs(Permission.BACKLINKS_READ)
def prepare_similar(backlink_id: str) -> dict[str, str]:
    """Show what an order for another link like this one would say; nothing is ordered.

    Change what should differ, the anchor above all, and send it to `POST /api/v1/jobs`.
    """
    return similar.order_like(queries.get(backlink_id, owner=current_user()))


def _check_job(given: dict[str, Any]) -> None:
    """Raise Invalid for a job that isn't the caller's."""
    job_id = given.get("job_id")
    if not isinstance(job_id, str) or not job_id.strip():
        return
    try:
        jobs.get(job_id.strip(), owner=current_user())
    except NotFound as error:
        raise Invalid(error.message, fields={"job_id": [error.message]}) from error


def _version() -> int | None:
    text = request.args.get("version")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > len("1000000000"):
        message = "Give the version's number."
        raise Invalid(message, fields={"version": [message]})
    return int(text)
