"""What calls cost, and what articles will."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine import pricing
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.engine.pricing import STANDARD, Price, cost_usd, estimate, price_of
from bacowr.engine.providers.writers import catalog

MULTI, SINGLE = WritingStrategy.MULTI_STAGE, WritingStrategy.SINGLE_SHOT
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("provider", "model", "single", "multi"),
    [
        ("anthropic", "claude-3-haiku-20240307", 0.0029, 0.0086),
        ("anthropic", "claude-3-5-sonnet-20241022", 0.0345, 0.1035),
        ("openai", "gpt-4o-mini", 0.0015, 0.0045),
        ("openai", "gpt-4o", 0.025, 0.075),
        ("google", "gemini-1.5-flash", 0.0008, 0.0023),
        ("google", "gemini-1.5-pro", 0.0125, 0.0375),
    ],
)
def test_estimates_as_the_domain_reckons(
    provider: str, model: str, single: float, multi: float
) -> None:
    for strategy, expected in ((SINGLE, single), (MULTI, multi)):
        cost = estimate(provider, model, strategy, "en").cost_usd
        assert cost is not None
        assert round(cost + 1e-9, 4) == expected


def test_175_articles_cost_18_dollars_11() -> None:
    cost = estimate("anthropic", "claude-3-5-sonnet", MULTI, "en").cost_usd
    assert cost is not None
    assert round(cost * 175, 2) == 18.11


def test_an_estimate_starts_from_tokens_and_language() -> None:
    english, swedish = (estimate("openai", "gpt-4o", MULTI, each) for each in ("en", "sv"))
    assert (english.input_tokens, english.output_tokens) == (12000, 4500)
    assert swedish.input_tokens > english.input_tokens
    assert estimate("openai", "gpt-4o", SINGLE, "is").seconds == 30


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("compatible", "llama3.1"),
        ("openai", "gpt-5.9"),
        ("openai", "gpt-5-pro-max-image"),
        ("openai", "gpt-4o-audio-preview"),
        ("openai", "gpt-4"),
        ("openai", "o33"),
        ("anthropic", "claude-sonnet-5-9"),
        ("anthropic", "my-claude-3-haiku"),
        ("nobody", "gpt-4o"),
    ],
)
def test_a_price_that_is_not_known_is_none(provider: str, model: str) -> None:
    assert price_of(provider, model) is None
    assert estimate(provider, model, SINGLE, "en").cost_usd is None


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929", (3, 15)),
        ("anthropic", "claude-sonnet-4-20250514", (3, 15)),
        ("anthropic", "Claude-Opus-5-5@20261001", (4, 20)),
        ("anthropic", "claude-3-7-sonnet-latest", (3, 15)),
        ("openai", "gpt-4o-2024-11-20", (2.5, 10)),
        ("openai", "gpt-5-nano-2025-08-07", (0.05, 0.4)),
        ("google", "models/gemini-2.5-flash-lite-preview-09-2025", (0.1, 0.4)),
        ("google", "gemini-1.5-pro-002", (1.25, 5)),
    ],
)
def test_finds_the_price_of_dated_names(
    provider: str, model: str, expected: tuple[float, float]
) -> None:
    price = price_of(provider, model, on=TODAY)
    assert price is not None
    assert (price.input, price.output) == expected


def test_a_price_changes_on_its_day() -> None:
    days = (date(2026, 12, 31), date(2027, 1, 1))
    before, after = (price_of("google", "gemini-3.8-flash", on=each) for each in days)
    assert (before, after) == (Price(0.75, 3.75), Price(1.5, 7.5, starts_on=days[1]))


def test_a_long_call_costs_the_long_price() -> None:
    price = Price(1, 2, long_from=100, long_input=10, long_output=20)
    assert cost_usd(price, 100, 1000) == 0.0021
    assert cost_usd(price, 101, 1000) == 0.02101
    assert cost_usd(Price(1, 2, long_from=100), 101, 1000) == 0.002101


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_more_tokens_never_cost_less(into: int, out: int) -> None:
    for _, _, price in STANDARD.rows(TODAY):
        cost = cost_usd(price, into, out)
        assert 0 <= cost <= cost_usd(price, into + 1000, out)
        assert cost <= cost_usd(price, into, out + 1000)


def test_the_usual_models_have_a_price_and_are_affordable() -> None:
    for provider in catalog.SERVICES:
        if provider is not LlmProvider.COMPATIBLE:
            cost = estimate(provider, catalog.default_model(provider), MULTI, "fi").cost_usd
            assert cost is not None
            assert cost <= 0.20


def test_says_when_the_table_is_old() -> None:
    assert STANDARD.source
    assert not STANDARD.is_stale(STANDARD.checked_on + timedelta(days=180))
    assert STANDARD.is_stale(STANDARD.checked_on + timedelta(days=181))


def test_lists_one_price_for_each_model() -> None:
    rows = STANDARD.rows(TODAY)
    assert len(rows) == len({(provider, model) for provider, model, _ in rows})
    assert ("anthropic", "claude-3-haiku", Price(0.25, 1.25)) in rows


OWN = """
checked_on = 2026-11-01
source = "our own contract"
[prices.compatible]
"llama3.1" = { input = 0, output = 0.5 }
"llama3.1:70b" = { input = 1, output = 2 }
[prices.openai]
"gpt-4o" = { input = 2, output = 8 }
[later.compatible]
"soon" = { starts_on = 2099-01-01, input = 1, output = 1 }
"""


def test_an_operators_own_prices_go_first(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(OWN, encoding="utf-8")
    table = STANDARD.with_prices_of(path)
    assert price_of("compatible", "llama3.1:8b", table) == Price(0, 0.5)
    assert price_of("compatible", "llama3.1:70b-instruct", table) == Price(1, 2)
    assert price_of("openai", "gpt-4o", table) == Price(2, 8)
    assert price_of("openai", "gpt-4o-mini", table) == price_of("openai", "gpt-4o-mini")
    assert price_of("compatible", "soon", table, on=TODAY) is None
    assert ("compatible", "soon") not in [each[:2] for each in table.rows(TODAY)]
    assert estimate("compatible", "llama3.1", SINGLE, "en", table).cost_usd == 0.00075
    assert (table.checked_on, table.source.partition(";")[0]) == (
        date(2026, 11, 1),
        "our own contract",
    )


HEAD = 'checked_on = 2026-11-01\nsource = "us"\n[prices.openai]\n'


@pytest.mark.parametrize(
    "wrong",
    [
        "not toml",
        "",
        'checked_on = "yesterday"\nsource = "us"',
        HEAD + '"m" = { input = -1, output = 1 }',
        HEAD + '"m" = { input = 1 }',
        HEAD + '"m" = 5',
        HEAD + '"m" = { input = 1, output = 1, a = 1 }',
        HEAD + '"m" = { input = "1", output = 1 }',
        HEAD + '"m" = { input = 1, output = 1, starts_on = "soon" }',
    ],
)
def test_a_file_that_is_no_price_table_is_named(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=r"prices\.toml is no price table"):
        STANDARD.with_prices_of(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.toml"):
        pricing.STANDARD.with_prices_of(tmp_path / "gone.toml")
