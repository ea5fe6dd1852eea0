"""What writing an order is expected to cost, told before anything is spent (domain 3.14)."""

from dataclasses import dataclass

from bacowr.engine import pricing
from bacowr.engine.order import LlmProvider, Order, WritingStrategy
from bacowr.engine.pricing import Estimate
from bacowr.engine.providers.writers.catalog import WriterConfig
from bacowr.jobs.equipping import BRIEF_ONLY, Equipment

USUAL_LANGUAGE = "sv"
"""The language to reckon with while nobody has read the publisher's pages."""

PARAGRAPH_TOKENS = (1_000, 250)
"""What one paragraph with its neighbors is assumed to take, in and out (Default)."""


@dataclass(frozen=True)
class Expected:
    """Who would write an order, and what it would take; without a writer `reason` says why.

    `paragraph_usd` is what one paragraph anew is expected to cost.
    """

    writer: WriterConfig | None = None
    estimate: Estimate | None = None
    reason: str | None = None
    paragraph_usd: float | None = None

    @property
    def cost_usd(self) -> float | None:
        """Give the expected cost; None when nobody writes or the price is unknown."""
        return self.estimate.cost_usd if self.estimate else None


@dataclass(frozen=True)
class Wish:
    """The part of an order that decides who writes, and at what price."""

    provider: LlmProvider = LlmProvider.AUTO
    strategy: WritingStrategy = WritingStrategy.MULTI_STAGE
    language: str | None = None
    allow_fallback: bool = False
    brief_only: bool = False

    @classmethod
    def of(cls, order: Order) -> "Wish":
        """Take it from an order."""
        return cls(
            order.llm_provider,
            order.writing_strategy,
            order.language,
            order.allow_fallback,
            order.brief_only,
        )


def expected(wish: Wish, equipment: Equipment) -> Expected:
    """Say who would write and what it would cost; reads the database and asks nobody."""
    if wish.brief_only or equipment.keyring is None:
        return Expected(reason=BRIEF_ONLY)
    choice, table = equipment.chosen(wish.provider, allow_fallback=wish.allow_fallback)
    if not choice.configs:
        return Expected(reason=choice.reason)
    writer = choice.configs[0]
    language = wish.language or USUAL_LANGUAGE
    model = writer.model_name
    estimate = pricing.estimate(writer.provider, model, wish.strategy, language, table)
    price = pricing.price_of(writer.provider, model, table)
    paragraph = pricing.cost_usd(price, *PARAGRAPH_TOKENS) if price else None
    return Expected(writer, estimate, paragraph_usd=paragraph)
