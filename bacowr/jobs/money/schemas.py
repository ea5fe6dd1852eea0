"""What callers send to have a cost estimated, and what they get to see."""

from marshmallow import Schema, fields, validate

from bacowr.engine import markets
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.jobs.money.quotes import MOST_JOBS


class NewEstimateSchema(Schema):
    """How many articles are to be written, and by whom."""

    provider = fields.Enum(LlmProvider, by_value=True, load_default=LlmProvider.AUTO)
    strategy = fields.Enum(WritingStrategy, by_value=True, load_default=WritingStrategy.MULTI_STAGE)
    num_jobs = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_JOBS))
    language = fields.String(
        load_default="sv",
        validate=validate.OneOf(sorted(markets.LANGUAGES), error="Give a language's two letters."),
        metadata={"enum": sorted(markets.LANGUAGES)},
    )


class EstimateSchema(Schema):
    """What so many articles are expected to cost, in US dollars; null where no price is known."""

    provider = fields.String(required=True)
    model = fields.String(required=True)
    strategy = fields.Enum(
        WritingStrategy, by_value=True, required=True, attribute="asked.strategy"
    )
    num_jobs = fields.Integer(required=True, attribute="asked.num_jobs")
    language = fields.String(required=True, attribute="asked.language")
    is_connected = fields.Boolean(required=True)
    input_tokens = fields.Integer(
        required=True, metadata={"description": "Of one article, as assumed."}
    )
    output_tokens = fields.Integer(
        required=True, metadata={"description": "Of one article, as assumed."}
    )
    per_job = fields.Float(required=True, allow_none=True)
    total = fields.Float(required=True, allow_none=True)
    seconds = fields.Integer(
        required=True, metadata={"description": "Of writing, one article after another."}
    )
    cost_source = fields.Constant("estimate")
    checked_on = fields.Date(
        required=True, metadata={"description": "When the price table was checked."}
    )
