"""What programs send and get to see of batches: the names of domain 7."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from bacowr.accounts.usage import CostSource
from bacowr.batches import gathering, service
from bacowr.batches.models import BatchStatus

# `cancelled` and RUNNING: what older clients say.
STATUS_SYNONYMS = {"running": BatchStatus.PROCESSING, "cancelled": BatchStatus.CANCELED}
NO_CONTROLS = validate.Regexp(
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*\Z", error="Must not hold control characters."
)


class NewBatchSchema(Schema):
    """A batch of finished jobs."""

    name = fields.String(
        required=True, validate=[validate.Length(1, service.NAME_LENGTH), NO_CONTROLS]
    )
    description = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=gathering.LONGEST_DESCRIPTION), NO_CONTROLS],
    )
    job_ids = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        required=True,
        validate=validate.Length(1, gathering.MOST_JOBS),
        metadata={"description": "Delivered or blocked jobs, each named once."},
    )
    batch_config = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)),
        load_default=None,
        allow_none=True,
        metadata={"description": "Stored with the batch; settings of your own may be in it."},
    )
    auto_approve_threshold = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={"description": "Stored, with a warning: nothing is approved without a person."},
    )

    @post_load
    def settle(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        """Put the threshold where older clients put it."""
        config = dict(data.pop("batch_config") or {})
        threshold = data.pop("auto_approve_threshold")
        if threshold is not None:
            config[gathering.THRESHOLD] = threshold
        return data | {"config": config}


class BatchSchema(Schema):
    """A batch with its figures; what is not measured is null."""

    id = fields.String(required=True, attribute="batch.id")
    user_id = fields.String(required=True, attribute="batch.owner_id")
    name = fields.String(required=True, attribute="batch.name")
    description = fields.String(required=True, allow_none=True, attribute="batch.description")
    status = fields.Enum(BatchStatus, by_value=True, required=True, attribute="batch.status")
    total_items = fields.Integer(required=True)
    items_completed = fields.Integer(required=True)
    items_approved = fields.Integer(required=True)
    items_rejected = fields.Integer(required=True)
    items_pending_review = fields.Integer(required=True)
    estimated_total_cost = fields.Float(
        required=True, allow_none=True, attribute="batch.estimated_cost_usd"
    )
    actual_total_cost = fields.Float(required=True, allow_none=True)
    cost_source = fields.Enum(
        CostSource, by_value=True, required=True, allow_none=True, attribute="batch.cost_source"
    )
    batch_config = fields.Dict(required=True, attribute="batch.config")
    warnings = fields.Function(
        lambda each: gathering.warnings_of(each.batch),
        metadata={"type": "array", "items": {"type": "string"}, "required": True},
    )
    cap_usd = fields.Float(required=True, allow_none=True, attribute="standing.cap_usd")
    parallel = fields.Integer(required=True, attribute="batch.parallel")
    starts_per_minute = fields.Integer(required=True, attribute="batch.starts_per_minute")
    start_at = fields.DateTime(required=True, allow_none=True, attribute="batch.start_at")
    halt_reason = fields.String(required=True, allow_none=True, attribute="batch.halt_reason")
    created_at = fields.DateTime(required=True, attribute="batch.created_at")
    updated_at = fields.DateTime(required=True, attribute="batch.updated_at")
    started_at = fields.DateTime(required=True, allow_none=True, attribute="batch.started_at")
    completed_at = fields.DateTime(required=True, allow_none=True, attribute="batch.completed_at")
    review_started_at = fields.DateTime(
        required=True, allow_none=True, attribute="batch.review_started_at"
    )
    review_completed_at = fields.DateTime(
        required=True, allow_none=True, attribute="batch.review_completed_at"
    )
    version = fields.Integer(required=True, attribute="batch.version")


class ReviewProgressSchema(Schema):
    """The items by what was decided, as older clients count them."""

    pending = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    needs_regeneration = fields.Integer(required=True)


class QualityMetricsSchema(Schema):
    """How good the articles are, as older clients ask for it."""

    average_qc_score = fields.Float(required=True, allow_none=True)
    approval_rate = fields.Float(
        required=True, metadata={"description": "Of those decided, in percent."}
    )


class BatchStatsSchema(Schema):
    """A batch in figures; scores are from 0 to 1."""

    batch_id = fields.String(required=True)
    total_items = fields.Integer(required=True)
    items_approved = fields.Integer(required=True)
    items_rejected = fields.Integer(required=True)
    items_pending_review = fields.Integer(
        required=True, metadata={"description": "All that are not decided."}
    )
    avg_qc_score = fields.Float(required=True, allow_none=True)
    qc_status_distribution = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True
    )
    review_status_distribution = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True
    )
    estimated_total_cost = fields.Float(required=True, allow_none=True)
    actual_total_cost = fields.Float(required=True, allow_none=True)
    completion_rate = fields.Float(
        required=True, metadata={"description": "How many are decided, in percent."}
    )
    pending = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    needs_regeneration = fields.Integer(required=True)
    regenerating = fields.Integer(required=True)
    regenerated = fields.Integer(
        required=True, metadata={"description": "Of the pending, those that were written anew."}
    )
    review_progress = fields.Nested(ReviewProgressSchema, required=True)
    quality_metrics = fields.Nested(QualityMetricsSchema, required=True)


class BatchDetailSchema(BatchSchema):
    """A batch with its statistics and the ids of its jobs."""

    stats = fields.Nested(BatchStatsSchema, required=True)
    job_ids = fields.List(fields.String(), required=True)
