"""Bringing many orders at once: looked over first, ordered only when that is confirmed."""

import json
from typing import Any

from flask import url_for
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from bacowr.accounts.permissions import Permission
from bacowr.api.openapi import Blueprint
from bacowr.base.errors import Invalid
from bacowr.batches import figures, importing, scheduling
from bacowr.batches.examining import Examined, Kind
from bacowr.batches.figures import Figures
from bacowr.batches.models import PARALLEL, STARTS_PER_MINUTE
from bacowr.batches.schemas import BatchSchema
from bacowr.batches.service import MOST_PARALLEL, MOST_STARTS, NAME_LENGTH, Pace, Plan
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.intake import service as intake
from bacowr.intake.models import ImportRun, ImportStatus

MOST_ROWS = 1000
EITHER = "Send `jobs`, a list of orders, or `text`, the rows as they stand in a file."
RUN_ID = [{"in": "path", "name": "run_id", "description": "The import's id."}]
LOCATION = {"Location": {"description": "Its address.", "schema": {"type": "string"}}}
EXAMPLE = {
    "name": "monday.json",
    "jobs": [
        {
            "publisher": "example.com",
            "target_url": "https://example.org/guide",
            "anchor_text": "a good guide",
        }
    ],
}

bp = Blueprint(
    "api_sheets",
    __name__,
    url_prefix="/api/v1/batches/imports",
    description="Many orders at once: a dry run first, then the confirmation.",
)


class NewImportSchema(Schema):
    """Rows of orders, as JSON or as text with delimiters; the headings of job sheets are taken."""

    name = fields.String(load_default="", validate=validate.Length(max=255))
    jobs = fields.List(fields.Dict(keys=fields.String()), validate=validate.Length(1, MOST_ROWS))
    text = fields.String(metadata={"description": "CSV or pasted rows, with their headings."})

    @validates_schema
    def check(self, data: dict[str, Any], **_more: object) -> None:
        """Refuse both at once, and neither."""
        if ("jobs" in data) == ("text" in data):
            raise ValidationError(EITHER, "jobs")


class FaultSchema(Schema):
    """What is wrong with a row, and what to do about it."""

    row = fields.Integer(required=True, allow_none=True)
    column = fields.String(required=True, allow_none=True)
    value = fields.String(required=True)
    fault = fields.String(required=True)
    fix = fields.String(required=True)


class RowRemarkSchema(Schema):
    """What is to be known of a row: what it is the same as, or a budget it would overdraw."""

    row = fields.Integer(required=True)
    detail = fields.String(required=True)


class OrderImportSchema(Schema):
    """What rows of orders were found to be; nothing of them is ordered yet."""

    id = fields.String(required=True)
    status = fields.Enum(ImportStatus, by_value=True, required=True)
    name = fields.String(required=True)
    is_known = fields.Boolean(
        required=True, metadata={"description": "The very same rows were brought before."}
    )
    batch_id = fields.String(required=True, allow_none=True)
    columns = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Which heading was taken for which field."},
    )
    rows = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    faulty = fields.Integer(required=True)
    duplicates = fields.List(fields.Nested(RowRemarkSchema), required=True)
    warnings = fields.List(fields.Nested(RowRemarkSchema), required=True)
    faults = fields.List(fields.Nested(FaultSchema), required=True)
    estimated_total_cost = fields.Float(required=True, allow_none=True)
    seconds_each = fields.Float(required=True)


class RowChoicesSchema(Schema):
    """What is to become of single rows, by their numbers."""

    take = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=6000))
    skip = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=6000))


class StartSchema(Schema):
    """How the batch is called, how fast it goes, what it may spend, and when it begins."""

    name = fields.String(required=True, validate=validate.Length(1, NAME_LENGTH))
    parallel = fields.Integer(load_default=PARALLEL, validate=validate.Range(1, MOST_PARALLEL))
    starts_per_minute = fields.Integer(
        load_default=STARTS_PER_MINUTE, validate=validate.Range(1, MOST_STARTS)
    )
    cap_usd = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0))
    start_at = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "A moment such as 2026-11-22T23:00, or `tonight`; null for now."},
    )
    time_zone = fields.String(load_default=scheduling.HOME)


@bp.route("", methods=["POST"])
@bp.arguments(NewImportSchema, example=EXAMPLE)
@bp.response(201, OrderImportSchema, headers=LOCATION)
@needs(Permission.BATCHES_CREATE)
def create_import(sent: dict[str, Any]) -> tuple[dict[str, object], dict[str, str]]:
    """Take up to 1,000 orders in and look them over: faults, duplicates, budgets, cost and time.

    Nothing is ordered or spent before `…/start`. The very same rows again are the import that
    exists, and nothing changes.
    """
    data = json.dumps({"jobs": sent["jobs"]}) if "jobs" in sent else sent["text"]
    run, is_known = importing.bring(data, sent["name"], owner=current_user())
    if run.row_count > MOST_ROWS:
        intake.discard(run, by=current_user())
        text = f"Send at most {MOST_ROWS:,} rows at once; these are {run.row_count:,}."
        raise Invalid(text, fields={"text": [text]})
    told = _looked(run) | {"is_known": is_known}
    return told, {"Location": url_for(".get_import", run_id=run.id)}


@bp.route("/<id:run_id>", parameters=RUN_ID)
@bp.response(200, OrderImportSchema)
@needs(Permission.BATCHES_CREATE)
def get_import(run_id: str) -> dict[str, object]:
    """Look the rows over again, against the library and the orders as they are."""
    return _looked(importing.get(run_id, owner=current_user()))


@bp.route("/<id:run_id>/rows", parameters=RUN_ID, methods=["POST"])
@bp.arguments(RowChoicesSchema, example={"take": [3], "skip": [7]})
@bp.response(200, OrderImportSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_CREATE)
def choose_import_rows(said: dict[str, Any], run_id: str) -> dict[str, object]:
    """Take duplicates after all, or leave rows out."""
    run = importing.get(run_id, owner=current_user())
    for choice in (intake.TAKE, intake.SKIP):
        intake.choose(run, said[choice], choice)
    return _looked(run)


@bp.route("/<id:run_id>/start", parameters=RUN_ID, methods=["POST"])
@bp.arguments(StartSchema, example={"name": "Monday night", "start_at": "tonight", "cap_usd": 20})
@bp.response(201, BatchSchema, headers=LOCATION)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_RUN)
def start_import(said: dict[str, Any], run_id: str) -> tuple[Figures, dict[str, str]]:
    """Confirm: order the rows that are taken, as a batch; an import is started once."""
    user = current_user()
    run = importing.get(run_id, owner=user)
    batch = importing.start(run, _plan(said), owner=user, equipment=installation.own_equipment())
    return figures.of([batch])[0], {"Location": url_for("api_batches.get_batch", batch_id=batch.id)}


@bp.route("/<id:run_id>", parameters=RUN_ID, methods=["DELETE"])
@bp.response(204)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_CREATE)
def discard_import(run_id: str) -> None:
    """Put an import aside, so that the same rows can be brought anew."""
    user = current_user()
    intake.discard(importing.get(run_id, owner=user), by=user)


def _plan(said: dict[str, Any]) -> Plan:
    pace = Pace(said["parallel"], said["starts_per_minute"], said["cap_usd"])
    if said["start_at"] is None:
        return Plan(said["name"], pace)
    zone = said["time_zone"]
    return Plan(said["name"], pace, scheduling.moment(said["start_at"], zone), zone)


def _looked(run: ImportRun) -> dict[str, object]:
    found = importing.look(run, owner=current_user(), equipment=installation.own_equipment())
    headings = run.contents["headings"]
    return {
        "id": run.id,
        "status": run.status,
        "name": run.file_name,
        "is_known": False,
        "batch_id": run.outcome_id,
        "columns": {headings[place]: name for place, name in found.mapping.items()},
        "rows": len(found.rows),
        "taken": len(found.taken),
        **_remarks(found),
        "estimated_total_cost": found.cost_usd,
        "seconds_each": found.seconds_each,
    }


def _remarks(found: Examined) -> dict[str, object]:
    numbered = [(each.line.number, each) for each in found.rows]
    return {
        "faulty": found.count(Kind.FAULTY),
        "duplicates": [{"row": row, "detail": e.same_as} for row, e in numbered if e.same_as],
        "warnings": [{"row": row, "detail": e.warning} for row, e in numbered if e.warning],
        "faults": [*found.faults, *(fault for _, each in numbered for fault in each.line.faults)],
    }
