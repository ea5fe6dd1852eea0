"""What programs send and get to see of the items of a review: the names of domain 7."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from bacowr.batches.models import Decision
from bacowr.batches.review import service
from bacowr.batches.review.states import Verb
from bacowr.batches.schemas import NO_CONTROLS
from bacowr.jobs.states import JobStatus, QcStatus

DECISION_SYNONYMS = {
    "approve": Decision.APPROVED,
    "reject": Decision.REJECTED,
    "regenerate": Decision.NEEDS_REGENERATION,
    "regenerated": Decision.PENDING,
}
VERBS = {
    "approved": Verb.APPROVE,
    "rejected": Verb.REJECT,
    "needs_regeneration": Verb.REGENERATE,
    "pending": Verb.REOPEN,
} | {each.value: each for each in Verb}
REASON_NEEDED = "A rejection needs a reason."


class BatchItemJobSchema(Schema):
    """A job in short."""

    id = fields.String(required=True)
    publisher_domain = fields.String(required=True)
    target_url = fields.String(required=True)
    anchor_text = fields.String(required=True)
    status = fields.Enum(JobStatus, by_value=True, required=True)
    block_reason = fields.String(required=True, allow_none=True)
    is_demo = fields.Boolean(required=True)
    batch_row = fields.Integer(required=True, allow_none=True)
    actual_cost = fields.Float(required=True, allow_none=True)


class QcSnapshotSchema(Schema):
    """What was found out about an item's text; null where it wasn't measured."""

    article_text = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null without an article, and where no texts were asked for."},
    )
    qc_score = fields.Float(required=True, allow_none=True)
    qc_status = fields.Enum(QcStatus, by_value=True, required=True, allow_none=True)
    word_count = fields.Integer(required=True, allow_none=True)
    issues_found = fields.Integer(required=True, allow_none=True)


class BatchItemSchema(Schema):
    """One job inside a batch's review; scores are from 0 to 1."""

    id = fields.String(required=True)
    batch_id = fields.String(required=True)
    job_id = fields.String(required=True)
    review_status = fields.Enum(Decision, by_value=True, required=True, attribute="decision")
    reviewer_notes = fields.String(required=True, allow_none=True, attribute="notes")
    reviewed_by = fields.String(required=True, allow_none=True, attribute="reviewer_id")
    reviewer = fields.String(
        required=True, allow_none=True, metadata={"description": "Who decided, by e-mail."}
    )
    reviewed_at = fields.DateTime(required=True, allow_none=True)
    qc_score = fields.Float(required=True, allow_none=True)
    qc_status = fields.Enum(QcStatus, by_value=True, required=True, allow_none=True)
    qc_issues_count = fields.Integer(required=True, allow_none=True, attribute="issue_count")
    regeneration_count = fields.Integer(required=True)
    original_job_id = fields.String(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "Send it with a decision to overwrite nobody."}
    )
    job = fields.Nested(BatchItemJobSchema, required=True)
    qc_snapshot = fields.Nested(QcSnapshotSchema, required=True)


class ReviewNoteSchema(Schema):
    """What a reviewer says beside a decision."""

    reviewer_notes = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=service.LONGEST_NOTE), NO_CONTROLS],
    )
    version = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "The item's version that you have seen; or send `If-Match`."},
    )


class ReviewDecisionSchema(ReviewNoteSchema):
    """A decision about one item, in older clients' words or the shorter ones."""

    decision = fields.String(
        required=True,
        metadata={
            "description": "In any case; a rejection needs `reviewer_notes`.",
            "enum": sorted(VERBS),
        },
    )

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: dict[str, Any], **_more: object) -> None:
        """Refuse unknown decisions, and rejections without a reason."""
        verb = VERBS.get(data["decision"].strip().lower())
        if verb is None:
            raise ValidationError(f"Choose among {', '.join(sorted(VERBS))}.", "decision")
        if verb is Verb.REJECT and not (data["reviewer_notes"] or "").strip():
            raise ValidationError(REASON_NEEDED, "reviewer_notes")

    @post_load
    def settle(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        """Turn the decision into a verb."""
        return data | {"verb": VERBS[data.pop("decision").strip().lower()]}


class ChosenItemSchema(ReviewDecisionSchema):
    """A decision about one of many items."""

    item_id = fields.String(required=True, validate=validate.Length(1, 64))


class ReviewDecisionsSchema(Schema):
    """Many decisions at once."""

    decisions = fields.List(
        fields.Nested(ChosenItemSchema),
        required=True,
        validate=validate.Length(1, service.MOST_AT_ONCE),
    )


class DecidedSchema(Schema):
    """What came of one of many decisions."""

    item_id = fields.String(required=True)
    is_taken = fields.Boolean(required=True)
    status = fields.Integer(
        required=True, metadata={"description": "As it would be answered alone."}
    )
    detail = fields.String(required=True, allow_none=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class DecidedListSchema(Schema):
    """What came of many decisions, in their order."""

    taken = fields.Integer(required=True)
    results = fields.List(fields.Nested(DecidedSchema), required=True)
