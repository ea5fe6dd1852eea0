"""What callers send about jobs, and what they get to see."""

from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from bacowr.base.errors import Invalid
from bacowr.engine import order
from bacowr.engine.order import AnchorType, LlmProvider, Vertical, WritingProfile, WritingStrategy
from bacowr.engine.terms import DealType, Rel
from bacowr.jobs.scores import Score
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, StepStatus

SYNONYMS = {"running": "processing"}


def _sized(length: tuple[int, int], **more: object) -> dict[str, object]:
    return {"type": "string", "minLength": length[0], "maxLength": length[1], **more}


def _one_of(choices: type[StrEnum], description: str, **more: object) -> dict[str, object]:
    return {"type": "string", "enum": list(choices), "description": description, **more}


def _flag(description: str, *, default: bool) -> dict[str, object]:
    return {"type": "boolean", "default": default, "description": description}


class NewJobSchema(Schema):
    """An order, as a form, a JSON body or a command carries it.

    The schema only says what there is: `engine.order.parse_order` reads and checks it, so that
    every door finds the same faults in the same words.
    """

    class Meta:
        """Unknown fields are left alone, as older clients expect."""

        unknown = EXCLUDE

    publisher_domain = fields.Raw(
        metadata=_sized(order.PUBLISHER_LENGTH, required=True, example="example.se")
    )
    target_url = fields.Raw(
        metadata=_sized(
            order.TARGET_LENGTH, required=True, format="uri", example="https://example.com/page"
        )
    )
    anchor_text = fields.Raw(
        metadata=_sized(order.ANCHOR_LENGTH, required=True, example="a good read")
    )
    anchor_type = fields.Raw(
        metadata=_one_of(AnchorType, "Your own word on the anchor; unset, it is classified.")
    )
    anchor_is_fixed = fields.Raw(
        metadata=_flag(
            "Whether the deal fixes the anchor, so that no repair changes it.", default=False
        )
    )
    language = fields.Raw(
        metadata={
            "type": "string",
            "example": "sv",
            "description": "Two letters; unset, the publisher's language.",
        }
    )
    country = fields.Raw(
        metadata={"type": "string", "default": "se", "description": "The market, two letters."}
    )
    deal_type = fields.Raw(
        metadata=_one_of(
            DealType,
            "What the link is given for. What something was given for is labeled as advertising.",
            default=DealType.UNKNOWN,
        )
    )
    agreed_rel = fields.Raw(
        metadata=_one_of(
            Rel,
            "What was agreed about the link's `rel`; `unknown` leaves it to policy.",
            default=Rel.UNKNOWN,
        )
    )
    rel_reason = fields.Raw(
        metadata=_sized(
            (0, order.REASON_LENGTH),
            description="Why a link that something was given for is followed; needed then.",
        )
    )
    advertiser = fields.Raw(
        metadata=_sized(
            (0, order.ADVERTISER_LENGTH), description="Whom the advertising label names."
        )
    )
    vertical = fields.Raw(
        metadata=_one_of(
            Vertical,
            "Your own word on the regulated area, `none` for none; unset, it is looked for.",
        )
    )
    llm_provider = fields.Raw(
        metadata=_one_of(
            LlmProvider,
            "Who is to write; `auto` takes the first that is connected.",
            default=LlmProvider.AUTO,
        )
    )
    allow_fallback = fields.Raw(
        metadata=_flag("Whether another provider may write if the named one can't.", default=False)
    )
    writing_strategy = fields.Raw(
        metadata=_one_of(
            WritingStrategy,
            "In how many calls the text is written.",
            default=WritingStrategy.MULTI_STAGE,
        )
    )
    writing_profile = fields.Raw(
        metadata=_one_of(
            WritingProfile,
            "The rules for length and structure.",
            default=WritingProfile.LONG_FORM,
        )
    )
    brief_only = fields.Raw(
        metadata=_flag("Ask for the brief alone, so that nothing is spent.", default=False)
    )
    use_ahrefs = fields.Raw(metadata={"type": "boolean", "default": True})
    enable_llm_profiling = fields.Raw(metadata={"type": "boolean", "default": True})


def parse_statuses(text: str) -> tuple[JobStatus, ...]:
    """Read a comma list of statuses in any case; raise Invalid for a word that is none."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    try:
        return tuple(JobStatus(SYNONYMS.get(word, word)) for word in words)
    except ValueError as error:
        message = f"Choose among {', '.join(JobStatus)}."
        raise Invalid(message, fields={"status": [message]}) from error


class JobSchema(Schema):
    """A job in a list; what is not measured is null, never made up."""

    id = fields.String(required=True)
    user_id = fields.String(required=True, attribute="owner_id")
    publisher_domain = fields.String(required=True)
    target_url = fields.String(required=True)
    anchor_text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    country = fields.String(required=True)
    llm_provider = fields.Enum(LlmProvider, by_value=True, required=True)
    writing_strategy = fields.Enum(WritingStrategy, by_value=True, required=True)
    is_demo = fields.Boolean(required=True)
    status = fields.Enum(JobStatus, by_value=True, required=True)
    stage = fields.String(required=True)
    block_reason = fields.String(required=True, allow_none=True)
    qc_status = fields.String(dump_default=None, allow_none=True)
    qc_score = Score(dump_default=None, allow_none=True)
    estimated_cost = fields.Float(
        dump_default=None, allow_none=True, attribute="estimated_cost_usd"
    )
    actual_cost = fields.Float(dump_default=None, allow_none=True, attribute="actual_cost_usd")
    cost_source = fields.String(dump_default=None, allow_none=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    started_at = fields.DateTime(required=True, allow_none=True)
    completed_at = fields.DateTime(required=True, allow_none=True, attribute="finished_at")
    error_code = fields.String(required=True, allow_none=True)
    error_message = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401  # Theirs.
        """Read an attribute; trying keys first, as marshmallow does, costs a list dearly."""
        return getattr(obj, attr, default)


class JobStepSchema(Schema):
    """One step of a job."""

    name = fields.String(required=True)
    status = fields.Enum(StepStatus, by_value=True, required=True)
    attempt = fields.Integer(required=True)
    started_at = fields.DateTime(required=True, allow_none=True)
    finished_at = fields.DateTime(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class JobEventSchema(Schema):
    """One thing that happened to a job."""

    at = fields.DateTime(required=True)
    actor = fields.String(required=True)
    type = fields.Enum(EventType, by_value=True, required=True)
    from_status = fields.Enum(JobStatus, by_value=True, required=True, allow_none=True)
    to_status = fields.Enum(JobStatus, by_value=True, required=True)
    data = fields.Dict(required=True)


class DocumentSchema(Schema):
    """One text that came of a job, as parts and as Markdown."""

    id = fields.String(required=True)
    kind = fields.Enum(DocumentKind, by_value=True, required=True)
    data = fields.Dict(required=True)
    text = fields.String(required=True)
    sha256 = fields.String(required=True)
    created_at = fields.DateTime(required=True)


class ExecutionLogSchema(Schema):
    """What happened to a job, under the name by which older clients ask for it."""

    log_entries = fields.List(fields.Nested(JobEventSchema), required=True)


class JobDetailSchema(JobSchema):
    """A job with everything that belongs to it: a `queries.JobDetail`."""

    steps = fields.List(fields.Nested(JobStepSchema), required=True)
    documents = fields.List(fields.Nested(DocumentSchema), required=True)
    execution_log = fields.Nested(ExecutionLogSchema, required=True)
    retry_count = fields.Integer(required=True)
    article_text = fields.String(dump_default=None, allow_none=True)
    job_package = fields.Dict(dump_default=None, allow_none=True)
    qc_report = fields.Dict(dump_default=None, allow_none=True)
    metrics = fields.Dict(dump_default=None, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401  # Theirs.
        """Read an attribute of the detail, or of the job in it."""
        return getattr(obj, attr, getattr(obj.job, attr, default))
