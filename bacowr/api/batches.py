"""Batches: finished jobs gathered for review, and those that run overnight steered."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from marshmallow import Schema, ValidationError, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.api import lists
from bacowr.api.lists import LAST_PAGE
from bacowr.api.openapi import Blueprint
from bacowr.base import paging
from bacowr.base.errors import BacowrError, Invalid
from bacowr.base.paging import MAX_PAGE_SIZE
from bacowr.batches import figures, gathering, queries, service
from bacowr.batches.figures import Detail, Figures
from bacowr.batches.gathering import Gathered
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.review import opening
from bacowr.batches.schemas import (
    STATUS_SYNONYMS,
    BatchDetailSchema,
    BatchSchema,
    BatchStatsSchema,
    NewBatchSchema,
)
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user

TOTAL = "X-Total-Count"
BATCH_ID = [{"in": "path", "name": "batch_id", "description": "The batch's id."}]
EXAMPLE = {
    "name": "Monday's articles",
    "description": "For the three clients in Malmö.",
    "job_ids": ["0b6f3f0e-6c0e-4c5b-9a4e-2f1d7c1b8a55"],
    "batch_config": {"require_manual_review": True},
}
LOCATION = {"Location": {"description": "The batch's address.", "schema": {"type": "string"}}}
EITHER = {
    "headers": {TOTAL: {"description": "How many there are.", "schema": {"type": "string"}}},
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [{"type": "array", "items": BatchSchema}, lists.schema_of(BatchSchema)]
            }
        }
    },
}

_batch = BatchSchema()

bp = Blueprint(
    "api_batches",
    __name__,
    url_prefix="/api/v1/batches",
    description="Many jobs at once: how far they are, and what they came to.",
)


class Unfit(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """What was sent names jobs that can't be taken; older clients expect 400 for it."""

    status = 400


class BatchStatuses(fields.Field[Any]):
    """A comma list of statuses, in any case."""

    def _deserialize(self, value: object, *_args: object, **_kwargs: object) -> object:
        words = [each.strip().lower() for each in str(value).split(",") if each.strip()]
        try:
            return tuple(STATUS_SYNONYMS.get(each) or BatchStatus(each) for each in words)
        except ValueError as error:
            raise ValidationError(f"Choose among {', '.join(BatchStatus)}.") from error


class BatchQuerySchema(Schema):
    """Which batches, and which part of them: a page, or as older clients ask, how many to skip."""

    status = BatchStatuses(
        load_default=(),
        metadata={
            "type": "string",
            "description": "Only batches in one of these statuses, separated by commas.",
            "example": "ready_for_review,in_review",
        },
    )
    page = fields.Integer(validate=validate.Range(1, LAST_PAGE))
    page_size = fields.Integer(validate=validate.Range(1, MAX_PAGE_SIZE))
    per_page = fields.Integer(
        validate=validate.Range(1, MAX_PAGE_SIZE),
        metadata={"description": "The same as `page_size`."},
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, MAX_PAGE_SIZE))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, LAST_PAGE))


@bp.route("")
@bp.arguments(BatchQuerySchema, location="query")
@bp.doc(responses={"200": EITHER})
@bp.response(200)
@needs(Permission.BATCHES_READ)
def list_batches(query: dict[str, Any]) -> Response:
    """List your batches, newest first.

    With `page` it is a list as others are; without, an array of `limit` after `offset`. The header
    `X-Total-Count` says how many there are.
    """
    select = queries.owned_by(current_user(), statuses=query["status"])
    total = paging.count(select)
    if "page" in query:
        size = query.get("page_size") or query.get("per_page") or query["limit"]
        page = paging.paginate(select, page=query["page"], page_size=size, total=total)
        answer = lists.answer(page, _shown_many(page.items))
    else:
        found = queries.part_of(select, skip=query["offset"], limit=query["limit"])
        answer = Response(json.dumps(_shown_many(found)), mimetype="application/json")
    answer.headers[TOTAL] = str(total)
    return answer


@bp.route("", methods=["POST"])
@bp.arguments(NewBatchSchema, example=EXAMPLE)
@bp.response(201, BatchSchema, headers=LOCATION)
@needs(Permission.BATCHES_CREATE)
def create_batch(sent: dict[str, Any]) -> tuple[Figures, dict[str, str]]:
    """Make a batch of jobs that are delivered or blocked, up for review at once.

    Every job is named once and has to be yours to see (400). To order many articles at once, bring
    them to `/batches/imports` instead.
    """
    try:
        batch = gathering.gather(Gathered(**sent), owner=current_user())
    except Invalid as error:
        raise Unfit(error.message, fields=error.fields) from error
    return _shown(batch), {"Location": url_for(".get_batch", batch_id=batch.id)}


@bp.route("/<id:batch_id>", parameters=BATCH_ID)
@bp.response(200, BatchDetailSchema)
@needs(Permission.BATCHES_READ)
def get_batch(batch_id: str) -> Detail:
    """Show a batch with its statistics and the ids of its jobs; its items are at `…/items`."""
    return figures.detail(reviewed(batch_id))


@bp.route("/<id:batch_id>", parameters=BATCH_ID, methods=["DELETE"])
@bp.response(204)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def delete_batch(batch_id: str) -> None:
    """Delete a batch with its review; its jobs stay. One that still runs is canceled first."""
    owner = current_user()
    gathering.delete(queries.get(batch_id, owner=owner), by=owner)


@bp.route("/<id:batch_id>/stats", parameters=BATCH_ID)
@bp.response(200, BatchStatsSchema)
@needs(Permission.BATCHES_READ)
def get_batch_stats(batch_id: str) -> dict[str, Any]:
    """Show a batch in figures; they are counted afresh, so they always add up."""
    return _shown(reviewed(batch_id)).stats


@bp.route("/<id:batch_id>/pause", parameters=BATCH_ID, methods=["POST"])
@bp.response(200, BatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def pause_batch(batch_id: str) -> Figures:
    """Let no further job of it begin; those under way go on to their ends."""
    owner = current_user()
    batch = queries.get(batch_id, owner=owner)
    service.pause(batch, by=owner)
    return _shown(batch)


@bp.route("/<id:batch_id>/resume", parameters=BATCH_ID, methods=["POST"])
@bp.response(200, BatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def resume_batch(batch_id: str) -> Figures:
    """Go on with a paused batch."""
    owner = current_user()
    batch = queries.get(batch_id, owner=owner)
    service.resume(batch, by=owner)
    return _shown(batch)


@bp.route("/<id:batch_id>/cancel", parameters=BATCH_ID, methods=["POST"])
@bp.response(200, BatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def cancel_batch(batch_id: str) -> Figures:
    """Withdraw all jobs of it that have not ended; steps that run come to their end."""
    owner = current_user()
    batch = queries.get(batch_id, owner=owner)
    service.cancel(batch, by=owner)
    return _shown(batch)


@bp.route("/<id:batch_id>/retry", parameters=BATCH_ID, methods=["POST"])
@bp.response(200, BatchSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def retry_batch(batch_id: str) -> Figures:
    """Send the jobs that failed on their way again."""
    owner = current_user()
    batch = queries.get(batch_id, owner=owner)
    service.retry_failed(batch, by=owner)
    return _shown(batch)


def reviewed(batch_id: str) -> Batch:
    """Get a batch that the caller may see, its review in step with its jobs; else NotFound."""
    batch = queries.get(batch_id, owner=current_user())
    opening.catch_up(batch)
    return batch


def _shown(batch: Batch) -> Figures:
    return figures.of([batch])[0]


def _shown_many(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = _batch.dump(figures.of(batches), many=True)
    return shown
