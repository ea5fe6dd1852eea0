"""What a person's orders begin with, and may spend: what callers send about it."""

from marshmallow import Schema, fields, validate

from bacowr.accounts import preferences
from bacowr.engine import markets
from bacowr.engine.order import LlmProvider, WritingProfile, WritingStrategy

SUM = validate.Range(0, preferences.HIGHEST_USD)
CODE = {"description": "Two letters."}


class DefaultsSchema(Schema):
    """What one's orders begin with; null for the product's own default."""

    llm_provider = fields.Enum(LlmProvider, by_value=True, allow_none=True)
    writing_strategy = fields.Enum(WritingStrategy, by_value=True, allow_none=True)
    writing_profile = fields.Enum(WritingProfile, by_value=True, allow_none=True)
    language = fields.String(
        allow_none=True, validate=validate.OneOf(markets.LANGUAGES), metadata=CODE
    )
    country = fields.String(
        allow_none=True, validate=validate.OneOf(markets.COUNTRIES), metadata=CODE
    )


class CostLimitsSchema(Schema):
    """How much your own orders may spend, beside the caps of the team; null for no limit."""

    enabled = fields.Boolean(metadata={"description": "Whether the limits hold."})
    daily_limit_usd = fields.Float(allow_none=True, validate=SUM)
    per_job_limit_usd = fields.Float(allow_none=True, validate=SUM)
