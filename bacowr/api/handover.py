"""What was approved in a batch, taken away: the file is served, never a path of the server told."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from flask import Response, request, send_file, url_for
from marshmallow import Schema, ValidationError, fields

from bacowr.accounts.permissions import Permission
from bacowr.api.arguments import read_optional
from bacowr.api.batches import BATCH_ID, reviewed
from bacowr.api.openapi import Blueprint
from bacowr.base import clock
from bacowr.batches.models import Batch
from bacowr.batches.review import packing
from bacowr.batches.review.packing import Handed, HandOver, Parcel
from bacowr.exports import naming
from bacowr.exports.handing_over import hand_over
from bacowr.exports.model import Format
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.models import Job


class ExportFormat(StrEnum):
    """What a batch can be taken away as."""

    JSON = "json"
    CSV = "csv"
    ZIP = "zip"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"


SYNONYMS: Mapping[str, ExportFormat] = MappingProxyType({"md": ExportFormat.MARKDOWN})
ARCHIVED: Mapping[ExportFormat, tuple[Format, ...]] = MappingProxyType(
    {
        ExportFormat.ZIP: (Format.DOCX, Format.HTML, Format.MARKDOWN),
        ExportFormat.DOCX: (Format.DOCX,),
        ExportFormat.HTML: (Format.HTML,),
        ExportFormat.MARKDOWN: (Format.MARKDOWN,),
    }
)
MEDIA_TYPES = {ExportFormat.JSON: "application/json", ExportFormat.CSV: "text/csv"}
ZIP = "application/zip"
NAMES = ("export_format", "format")

bp = Blueprint(
    "api_handover",
    __name__,
    url_prefix="/api/v1/batches/<id:batch_id>/export",
    description="What was approved in a batch, to be handed to publishers.",
)


class FormatField(fields.Field[Any]):
    """A format in any case."""

    def _deserialize(self, value: object, *_args: object, **_kwargs: object) -> object:
        word = str(value).strip().lower()
        try:
            return SYNONYMS.get(word) or ExportFormat(word)
        except ValueError as error:
            raise ValidationError(f"Choose among {', '.join(ExportFormat)}.") from error


def _format(description: str) -> FormatField:
    return FormatField(
        metadata={"type": "string", "enum": list(ExportFormat), "description": description}
    )


class ExportSchema(Schema):
    """What a batch is to be taken away as; JSON unless it is said."""

    export_format = _format("Archives hold a file for each article, and an index of them.")
    format = _format("The same as `export_format`.")


class ExportedSchema(Schema):
    """Where an export is to be fetched."""

    batch_id = fields.String(required=True)
    total_approved = fields.Integer(required=True)
    total_exported = fields.Integer(
        required=True,
        metadata={"description": "Of the approved, those that may leave: signed, and not a demo."},
    )
    export_format = fields.Enum(ExportFormat, by_value=True, required=True)
    download_url = fields.String(required=True, metadata={"description": "Serves the file."})
    created_at = fields.DateTime(required=True)


BODY = {
    "required": False,
    "content": {"application/json": {"schema": ExportSchema, "example": {"export_format": "zip"}}},
}
FILE = {
    "description": "The file.",
    "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
    "content": {media: {"schema": {}} for media in (ZIP, *MEDIA_TYPES.values())},
}


@bp.route("", parameters=BATCH_ID, methods=["POST"])
@bp.arguments(ExportSchema, location="query")
@bp.doc(requestBody=BODY)
@bp.response(200, ExportedSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_READ)
def export_batch(query: dict[str, Any], batch_id: str) -> dict[str, object]:
    """Say where what was approved can be fetched in a format, given in the body or the query.

    A conflict while nothing that is approved may leave: only signed articles do.
    """
    batch = reviewed(batch_id)
    wanted = _wanted(query | read_optional(request, ExportSchema()))
    found = packing.parcels(batch)
    return {
        "batch_id": batch.id,
        "total_approved": len(found),
        "total_exported": sum(each.stays is None for each in found),
        "export_format": wanted,
        "download_url": url_for(".download_batch", batch_id=batch.id, format=wanted.value),
        "created_at": clock.now(),
    }


@bp.route("", parameters=BATCH_ID)
@bp.arguments(ExportSchema, location="query")
@bp.doc(responses={200: FILE})
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.BATCHES_READ)
def download_batch(query: dict[str, Any], batch_id: str) -> Response:
    """Take away what was approved and signed; the audit log notes who took which article."""
    batch, user, wanted = reviewed(batch_id), current_user(), _wanted(query)

    def hand(job: Job, form: str) -> Handed:
        return hand_over(job, Format(form), by=user)

    found = packing.parcels(batch)
    if forms := ARCHIVED.get(wanted):
        packed = packing.archive(found, forms, hand)
        return send_file(packed, ZIP, as_attachment=True, download_name=_name(batch, "zip"))
    content = _written(batch, wanted, found, hand)
    answer = Response(content, mimetype=MEDIA_TYPES[wanted])
    answer.headers.set("Content-Disposition", "attachment", filename=_name(batch, wanted))
    return answer


def _written(
    batch: Batch,
    wanted: ExportFormat,
    found: Sequence[Parcel],
    hand: HandOver,
) -> bytes:
    if wanted is ExportFormat.CSV:
        return packing.table(found, hand)
    return json.dumps(packing.told(batch, found, hand), ensure_ascii=False, indent=2).encode()


def _name(batch: Batch, ending: str) -> str:
    stem = naming.slug(batch.name)[: naming.MAX_CHARACTERS].strip("-.") or "batch"
    return f"{stem}.{ending}"


def _wanted(said: dict[str, Any]) -> ExportFormat:
    found = (said[name] for name in NAMES if name in said)
    return next(found, ExportFormat.JSON)
