"""What a number of articles is expected to cost, asked for without an order (domain 3.14)."""

from dataclasses import dataclass
from datetime import date

from bacowr.engine import pricing
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.engine.providers.writers.catalog import SERVICES, WriterConfig
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.money import prices
from bacowr.jobs.money.expected import USUAL_LANGUAGE, Wish, expected

MOST_JOBS = 10_000
SMALLEST_USD = 6


@dataclass(frozen=True)
class Asked:
    """What an estimate is wanted for."""

    provider: LlmProvider = LlmProvider.AUTO
    strategy: WritingStrategy = WritingStrategy.MULTI_STAGE
    num_jobs: int = 1
    language: str = USUAL_LANGUAGE


@dataclass(frozen=True)
class Quote:
    """What so many articles are expected to take; sums are None when the price isn't known.

    `is_connected` is False when nobody is set up to write; the estimate is for the service's usual
    model then. `seconds` is how long the writing takes, one article after another.
    """

    asked: Asked
    provider: str
    model: str
    is_connected: bool
    input_tokens: int
    output_tokens: int
    per_job: float | None
    total: float | None
    seconds: int
    checked_on: date


def quote(asked: Asked, equipment: Equipment) -> Quote:
    """Estimate what articles cost by the writer who would be chosen; asks nobody."""
    wish = Wish(asked.provider, asked.strategy, asked.language)
    found = expected(wish, equipment)
    config = found.writer or WriterConfig(_usual(asked.provider))
    provider, model, table = config.provider.value, config.model_name, equipment.prices
    table = prices.known(table, [config])
    one = pricing.estimate(provider, model, asked.strategy, asked.language, table)
    total = None if one.cost_usd is None else round(one.cost_usd * asked.num_jobs, SMALLEST_USD)
    return Quote(
        asked=asked,
        provider=provider,
        model=model,
        is_connected=found.writer is not None,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        per_job=one.cost_usd,
        total=total,
        seconds=one.seconds * asked.num_jobs,
        checked_on=table.checked_on,
    )


def _usual(wanted: LlmProvider) -> LlmProvider:
    return SERVICES[0] if wanted is LlmProvider.AUTO else wanted
