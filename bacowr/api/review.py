"""The review of a batch: its items, decisions about them one by one and many at once."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.api import idempotency, lists
from bacowr.api.arguments import read_optional
from bacowr.api.batches import BATCH_ID, reviewed
from bacowr.api.lists import LAST_PAGE
from bacowr.api.openapi import Blueprint
from bacowr.base.errors import Invalid
from bacowr.base.paging import Page
from bacowr.batches.models import Decision
from bacowr.batches.review import listing, queries, service, states
from bacowr.batches.review.listing import Listed, Wanted
from bacowr.batches.review.schemas import (
    DECISION_SYNONYMS,
    BatchItemSchema,
    DecidedListSchema,
    ReviewDecisionSchema,
    ReviewDecisionsSchema,
    ReviewNoteSchema,
)
from bacowr.batches.review.service import MOST_AT_ONCE, Choice, Told
from bacowr.batches.review.states import Verb
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user

TOTAL = "X-Total-Count"
MOST_TEXTS = 100
ITEM_ID = [*BATCH_ID, {"in": "path", "name": "item_id", "description": "The item's id."}]
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The item's version that you have seen, as `version` in the body.",
    "schema": {"type": "string", "maxLength": 20},
}
_version = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')

_item = BatchItemSchema()

bp = Blueprint(
    "api_review",
    __name__,
    url_prefix="/api/v1/batches/<id:batch_id>",
    description="Reviewing what came of a batch, one item at a time or many at once.",
)


class Decisions(fields.Field[Any]):
    """A comma list of what was decided, in any case."""

    def _deserialize(self, value: object, *_args: object, **_kwargs: object) -> object:
        words = [each.strip().lower() for each in str(value).split(",") if each.strip()]
        try:
            return tuple(DECISION_SYNONYMS.get(each) or Decision(each) for each in words)
        except ValueError as error:
            raise ValidationError(f"Choose among {', '.join(Decision)}.") from error


def _decisions(description: str) -> Decisions:
    return Decisions(metadata={"type": "string", "description": description, "example": "pending"})


class ItemQuerySchema(Schema):
    """Which items, and which part of them; scores are from 0 to 1."""

    review_status = _decisions("Only items of which this was decided; separated by commas.")
    status = _decisions("The same as `review_status`.")
    min_qc_score = fields.Float(validate=validate.Range(0, 1))
    max_qc_score = fields.Float(validate=validate.Range(0, 1))
    limit = fields.Integer(validate=validate.Range(1, MOST_AT_ONCE))
    page = fields.Integer(validate=validate.Range(1, LAST_PAGE))
    page_size = fields.Integer(validate=validate.Range(1, MOST_AT_ONCE))
    per_page = fields.Integer(
        validate=validate.Range(1, MOST_AT_ONCE),
        metadata={"description": "The same as `page_size`."},
    )
    offset = fields.Integer(load_default=0, validate=validate.Range(0, LAST_PAGE))
    include_text = fields.Boolean(
        metadata={
            "description": f"Whether the articles come along; without it they do up to {MOST_TEXTS}"
            " items, and not for longer lists."
        }
    )


@bp.route("/items", parameters=BATCH_ID)
@bp.arguments(ItemQuerySchema, location="query")
@bp.response(
    200,
    lists.schema_of(BatchItemSchema),
    headers={TOTAL: {"description": "How many there are.", "schema": {"type": "string"}}},
)
@needs(Permission.BATCHES_READ)
def list_batch_items(query: dict[str, Any], batch_id: str) -> Response:
    """List a batch's items, the worst first; at most 1,000 at once, `offset` of them skipped."""
    wanted = _wanted(query)
    items, total = listing.of(reviewed(batch_id), wanted)
    page = Page(items, total, wanted.offset // wanted.limit + 1, wanted.limit)
    answer = lists.answer(page, _item.dump(items, many=True))
    answer.headers[TOTAL] = str(total)
    return answer


@bp.route("/items/<id:item_id>", parameters=ITEM_ID)
@bp.response(200, BatchItemSchema)
@needs(Permission.BATCHES_READ)
def get_batch_item(batch_id: str, item_id: str) -> Listed:
    """Show one item with its article."""
    return listing.one(queries.get(reviewed(batch_id), item_id))


@bp.route("/items/<id:item_id>/review", parameters=ITEM_ID, methods=["POST"])
@bp.doc(parameters=[IF_MATCH])
@bp.arguments(
    ReviewDecisionSchema, example={"decision": "approved", "reviewer_notes": None, "version": 1}
)
@bp.response(200, BatchItemSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_SIGN)
def review_batch_item(said: dict[str, Any], batch_id: str, item_id: str) -> Listed:
    """Approve, reject, send back or reopen one item.

    A rejection needs `reviewer_notes`. A conflict when somebody was faster (`errors` says what the
    item is at), or when an approval has open red findings against it (`errors.findings` names
    them). What was regenerated is pending again, to be decided.
    """
    batch = reviewed(batch_id)
    item = queries.get(batch, item_id)
    service.decide(batch, item.id, _choice(said["verb"], said), by=current_user())
    return listing.one(item)


@bp.route("/items/<id:item_id>/regenerate", parameters=ITEM_ID, methods=["POST"])
@idempotency.once
@bp.doc(
    requestBody={
        "required": False,
        "content": {
            "application/json": {
                "schema": ReviewNoteSchema,
                "example": {"reviewer_notes": "Shorter, and less of a sales pitch."},
            }
        },
    },
    parameters=[IF_MATCH],
)
@bp.response(202, BatchItemSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.JOBS_SIGN)
def regenerate_batch_item(batch_id: str, item_id: str) -> Listed:
    """Have an item's article written anew in the background; `reviewer_notes` tells the writer how.

    An item that was sent back already stays on its way.
    """
    said = read_optional(request, ReviewNoteSchema())
    batch = reviewed(batch_id)
    item = queries.get(batch, item_id)
    if item.decision not in states.BEING_WRITTEN:
        choice = _choice(Verb.REGENERATE, said)
        service.decide(batch, item.id, choice, by=current_user())
    return listing.one(item)


@bp.route("/review", parameters=BATCH_ID, methods=["POST"])
@bp.arguments(
    ReviewDecisionsSchema, example={"decisions": [{"item_id": "0b6f3f0e", "decision": "approved"}]}
)
@bp.response(200, DecidedListSchema)
@needs(Permission.JOBS_SIGN)
def review_batch_items(said: dict[str, Any], batch_id: str) -> Mapping[str, object]:
    """Decide on up to 1,000 items at once, each by itself: what can't be done holds up no other."""
    choices = [
        (each["item_id"], Choice(each["verb"], each["version"], each["reviewer_notes"]))
        for each in said["decisions"]
    ]
    told = service.decide_many(reviewed(batch_id), choices, by=current_user())
    return {
        "taken": sum(each.error is None for each in told),
        "results": [_told(each) for each in told],
    }


def _told(told: Told) -> dict[str, object]:
    error = told.error
    return {
        "item_id": told.item_id,
        "is_taken": error is None,
        "status": error.status if error else 200,
        "detail": error.message if error else None,
        "errors": error.fields if error else {},
    }


def _wanted(query: dict[str, Any]) -> Wanted:
    sizes = (query.get(name) for name in ("limit", "page_size", "per_page"))
    limit = next((each for each in sizes if each is not None), MOST_TEXTS)
    offset = (query["page"] - 1) * limit if "page" in query else query["offset"]
    return Wanted(
        decisions=query.get("review_status") or query.get("status") or (),
        least_score=query.get("min_qc_score"),
        highest_score=query.get("max_qc_score"),
        limit=limit,
        offset=offset,
        with_texts=query.get("include_text", limit <= MOST_TEXTS),
    )


def _choice(verb: Verb, said: dict[str, Any]) -> Choice:
    return Choice(verb, _seen(said["version"]), said["reviewer_notes"])


def _seen(version: int | None) -> int | None:
    """Return the version that was seen, by the body or by the header; Invalid when they differ."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return version
    found = _version.fullmatch(header)
    if found is None or (version is not None and version != int(found[1])):
        text = "Give the item's version, the same as in the body if it is there too."
        raise Invalid(text, fields={"If-Match": [text]})
    return int(found[1])
