"""What articles are expected to cost, before anything is spent (domain 3.14)."""

from dataclasses import dataclass
from datetime import date

from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.engine.pricing import PriceTable, estimate
from bacowr.engine.providers.writers.catalog import SERVICES, WriterConfig
from bacowr.engine.providers.writers.choice import choose
from bacowr.providers.keyring import Keyring
from bacowr.providers.writers import writer_configs

MOST_JOBS = 10_000
SMALLEST_USD = 6


@dataclass(frozen=True)
class Asked:
    """What an estimate is wanted for."""

    provider: LlmProvider = LlmProvider.AUTO
    strategy: WritingStrategy = WritingStrategy.MULTI_STAGE
    num_jobs: int = 1
    language: str = "sv"


@dataclass(frozen=True)
class Expected:
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


def expected(asked: Asked, *, keyring: Keyring, prices: PriceTable) -> Expected:
    """Estimate what the writer who would be chosen costs; reads which services are connected."""
    config, is_connected = _writer(asked.provider, keyring)
    one = estimate(config.provider.value, config.model_name, asked.strategy, asked.language, prices)
    total = None if one.cost_usd is None else round(one.cost_usd * asked.num_jobs, SMALLEST_USD)
    return Expected(
        asked=asked,
        provider=config.provider.value,
        model=config.model_name,
        is_connected=is_connected,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        per_job=one.cost_usd,
        total=total,
        seconds=one.seconds * asked.num_jobs,
        checked_on=prices.checked_on,
    )


def _writer(wanted: LlmProvider, keyring: Keyring) -> tuple[WriterConfig, bool]:
    chosen = choose(wanted, writer_configs(keyring), allow_fallback=False).configs
    if chosen:
        return chosen[0], True
    return WriterConfig(SERVICES[0] if wanted is LlmProvider.AUTO else wanted), False
