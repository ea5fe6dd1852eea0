"""What a call costs and what an article will: a dated price table and the start assumptions.

Source of the assumptions and of the formula: domain 3.14.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from bacowr.base import clock
from bacowr.engine.order import WritingStrategy

MILLION = 1_000_000
SMALLEST_USD = 6

_WORD = re.compile(r"[a-z]+")
_VERSION = re.compile(r"[.-]\d{1,2}(?![\d])")


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens in and out, from a day on if one is set.

    A call with more than `long_from` tokens in costs the long prices as a whole.
    """

    input: float
    output: float
    starts_on: date | None = None
    long_from: int | None = None
    long_input: float | None = None
    long_output: float | None = None


@dataclass(frozen=True)
class PriceTable:
    """Prices by provider and model, the day when they were checked, and where they are from."""

    checked_on: date
    source: str
    prices: Mapping[str, Mapping[str, tuple[Price, ...]]]

    def is_stale(self, on: date) -> bool:
        """Tell whether the table is too old to be trusted unseen."""
        return on - self.checked_on > timedelta(days=_DATA["stale_after_days"])

    def with_prices_of(self, path: Path) -> "PriceTable":
        """Put an operator's own file, of the same shape, before this table.

        Raise ValueError, naming the file, when it cannot be read as one.
        """
        try:
            own = _table(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{path} is no price table: {error}") from error
        names = self.prices.keys() | own.prices.keys()
        merged = {name: {**self.prices.get(name, {}), **own.prices.get(name, {})} for name in names}
        return PriceTable(own.checked_on, f"{own.source}; {self.source}", merged)

    def with_prices(self, told: Mapping[tuple[str, str], Price]) -> "PriceTable":
        """Put single models' prices, by provider and model, before this table's."""
        merged = {name: dict(models) for name, models in self.prices.items()}
        for (provider, model), price in told.items():
            merged.setdefault(provider, {})[model.lower()] = (price,)
        return PriceTable(self.checked_on, self.source, merged) if told else self

    def rows(self, on: date) -> list[tuple[str, str, Price]]:
        """List provider, model and the price that holds on a day, in the table's order."""
        found = (
            (provider, model, _current(prices, on))
            for provider, models in self.prices.items()
            for model, prices in models.items()
        )
        return [(provider, model, price) for provider, model, price in found if price is not None]


@dataclass(frozen=True)
class Estimate:
    """What an article is expected to take; `cost_usd` is None when the price is not known."""

    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: int


def _table(data: Mapping[str, Any]) -> PriceTable:
    prices: dict[str, dict[str, tuple[Price, ...]]] = {}
    for group in ("prices", "later"):
        for provider, models in data.get(group, {}).items():
            listed = prices.setdefault(provider, {})
            for model, fields in models.items():
                listed[model] = (*listed.get(model, ()), _price(model, fields))
    checked_on, source = data["checked_on"], data["source"]
    if not isinstance(checked_on, date) or not isinstance(source, str):
        raise ValueError("checked_on must be a date and source a text")  # noqa: TRY004 - of a file.
    return PriceTable(checked_on, source, prices)


def _price(model: str, fields: Mapping[str, Any]) -> Price:
    amounts = [value for name, value in fields.items() if name != "starts_on"]
    is_number = all(isinstance(each, int | float) and each >= 0 for each in amounts)
    if not is_number or not isinstance(fields.get("starts_on"), date | None):
        raise ValueError(f"{model} has a price that is none")
    return Price(**fields)


_DATA = tomllib.loads(
    (resources.files("bacowr.engine.data") / "prices.toml").read_text(encoding="utf-8")
)
STANDARD = _table(_DATA)
_OTHER_PRODUCTS = frozenset(_DATA["other_products"].split())


def price_of(
    provider: str, model: str, table: PriceTable = STANDARD, on: date | None = None
) -> Price | None:
    """Find a model's price on a day, today if none is given; None when it is not known.

    A name in the table stands for itself and for names that go on with a date or a tag
    (`claude-sonnet-4-5-20250929`); the longest one that fits counts. One that goes on with another
    version or the word of another product is another model (`gpt-5` is not `gpt-5.9` or
    `gpt-5-pro`): its price is unknown rather than wrong.
    """
    models = table.prices.get(provider, {})
    fitting = [name for name in models if _stands_for(name, model.lower())]
    if not fitting:
        return None
    return _current(models[max(fitting, key=len)], on or clock.now().date())


def _stands_for(name: str, model: str) -> bool:
    model = model.removeprefix("models/")
    rest = model.removeprefix(name.lower())
    if not model.startswith(name.lower()) or rest[:1].isalnum():
        return False
    return not _VERSION.match(rest) and _OTHER_PRODUCTS.isdisjoint(_WORD.findall(rest))


def _current(prices: tuple[Price, ...], on: date) -> Price | None:
    started = [each for each in prices if each.starts_on is None or each.starts_on <= on]
    return max(started, key=lambda each: each.starts_on or date.min, default=None)


def cost_usd(price: Price, input_tokens: int, output_tokens: int) -> float:
    """Compute what a call costs, in US dollars to the millionth."""
    rate_in, rate_out = price.input, price.output
    if price.long_from is not None and input_tokens > price.long_from:
        rate_in = rate_in if price.long_input is None else price.long_input
        rate_out = rate_out if price.long_output is None else price.long_output
    return round((input_tokens * rate_in + output_tokens * rate_out) / MILLION, SMALLEST_USD)


def estimate(
    provider: str,
    model: str,
    strategy: WritingStrategy,
    language: str,
    table: PriceTable = STANDARD,
) -> Estimate:
    """Say what an article is expected to take before anything is spent.

    What a thinking model thinks is not foreseen: it is paid as output and shows in the measured
    cost.
    """
    assumed = _DATA["assumed"][strategy]
    factors = _DATA["language_factors"]
    factor = factors.get(language, factors["other"])
    tokens = round(assumed["input_tokens"] * factor), round(assumed["output_tokens"] * factor)
    price = price_of(provider, model, table)
    cost = None if price is None else cost_usd(price, *tokens)
    return Estimate(*tokens, cost, assumed["seconds"])
