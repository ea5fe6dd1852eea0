"""Who writes an order, and who steps in."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, Purpose, Writer, WriterFailed, WriterFault, Written
from bacowr.engine.providers.writers import catalog
from bacowr.engine.providers.writers.catalog import SERVICES, WriterConfig
from bacowr.engine.providers.writers.choice import FallbackWriter, choose

AUTO, ANTHROPIC, OPENAI, GOOGLE, COMPATIBLE = LlmProvider
PROMPT = Prompt(Purpose.SINGLE, "single-1", "s", "u", 10)


def ready(provider: LlmProvider) -> WriterConfig:
    return WriterConfig(provider, "key", "https://a.example/v1", "a-model")


def providers(wanted: LlmProvider, *those: LlmProvider, allow: bool = False) -> list[LlmProvider]:
    found = choose(wanted, map(ready, those), allow_fallback=allow)
    assert (found.reason is None) is bool(found.configs)
    return [each.provider for each in found.configs]


def test_auto_tries_all_in_the_order_of_the_house() -> None:
    assert providers(AUTO, COMPATIBLE, GOOGLE, OPENAI, ANTHROPIC) == [
        ANTHROPIC, OPENAI, GOOGLE, COMPATIBLE,
    ]  # fmt: skip
    assert providers(AUTO, COMPATIBLE, OPENAI, allow=True) == [OPENAI, COMPATIBLE]


def test_a_named_one_goes_alone_without_consent() -> None:
    assert providers(GOOGLE, ANTHROPIC, GOOGLE) == [GOOGLE]
    assert providers(GOOGLE, ANTHROPIC, GOOGLE, OPENAI, allow=True) == [GOOGLE, ANTHROPIC, OPENAI]


def test_others_write_for_one_that_is_not_connected_only_with_consent() -> None:
    assert providers(GOOGLE, ANTHROPIC, allow=True) == [ANTHROPIC]
    none = choose(GOOGLE, [ready(ANTHROPIC)], allow_fallback=False)
    assert none.configs == ()
    assert none.reason == "Google is to write but is not connected, and the order allows no other."


@pytest.mark.parametrize("wanted", [AUTO, OPENAI])
def test_without_any_says_so(wanted: LlmProvider) -> None:
    found = choose(wanted, [WriterConfig(ANTHROPIC), WriterConfig(COMPATIBLE)], allow_fallback=True)
    assert (found.configs, found.reason) == ((), "No language model is connected.")


@given(
    st.sampled_from(LlmProvider), st.lists(st.sampled_from(SERVICES), unique=True), st.booleans()
)
def test_nobody_writes_twice_or_unasked(
    wanted: LlmProvider,
    those: list[LlmProvider],
    allow: bool,  # noqa: FBT001 - drawn, not called.
) -> None:
    found = providers(wanted, *those, allow=allow)
    assert len(found) == len({*found})
    assert {*found} <= {*those}
    if wanted is not AUTO and not allow:
        assert {*found} <= {wanted}
    if wanted is AUTO or allow:
        assert {*found} == {*those}


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        (WriterConfig(ANTHROPIC), "Anthropic has no key."),
        (WriterConfig(OPENAI, ""), "OpenAI has no key."),
        (WriterConfig(GOOGLE, "k"), None),
        (WriterConfig(COMPATIBLE), "The compatible service needs an address and a model."),
        (WriterConfig(COMPATIBLE, base_url="http://localhost:11434/v1", model="llama3.1"), None),
    ],
)
def test_says_what_is_missing(config: WriterConfig, missing: str | None) -> None:
    assert config.missing == missing


def test_every_service_is_one_that_an_order_can_name() -> None:
    assert {*SERVICES} == {*LlmProvider} - {AUTO}
    assert catalog.default_model(ANTHROPIC)
    assert catalog.default_model(COMPATIBLE) == ""
    assert catalog.CHECKED_ON.year >= 2026


@pytest.mark.parametrize(
    ("provider", "model", "room"),
    [
        (ANTHROPIC, "claude-3-5-sonnet-latest", 0),
        (ANTHROPIC, "claude-sonnet-5-5", 6000),
        (OPENAI, "gpt-4o", 0),
        (OPENAI, "o3-mini", 6000),
        (GOOGLE, "models/gemini-3.8-flash", 6000),
        (GOOGLE, "gemini-2.5-flash", 6000),
        (COMPATIBLE, "gpt-5", 0),
    ],
)
def test_knows_the_most_that_a_call_can_cost(provider: LlmProvider, model: str, room: int) -> None:
    assert catalog.most_output_tokens(provider, model, 1000) == 1000 + room


@dataclass
class Canned:
    """A writer that fails as told, or writes."""

    provider: str
    fails: WriterFailed | None = None
    model: str = "m"
    calls: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt) -> Written:
        self.calls.append(prompt)
        if self.fails is not None:
            raise self.fails
        return Written("text", self.provider, self.model, 1, 1)


@pytest.mark.parametrize("fault", ["key", "money", "limited", "down"])
def test_another_steps_in_and_stays(fault: str) -> None:
    first = Canned("anthropic", WriterFailed(WriterFault(fault), "No."))
    second, told = Canned("openai"), list[tuple[Writer, WriterFailed]]()
    writer = FallbackWriter((first, second), lambda *each: told.append(each))
    assert writer.provider == "anthropic"
    assert writer.write(PROMPT).provider == "openai"
    assert writer.write(PROMPT).provider == "openai"
    assert (writer.provider, writer.model) == ("openai", "m")
    assert (len(first.calls), len(second.calls)) == (1, 2)
    assert told == [(first, first.fails)]


@pytest.mark.parametrize("fault", sorted({*WriterFault} - {"key", "money", "limited", "down"}))
def test_nobody_steps_in_for_a_text_that_was_begun(fault: str) -> None:
    first = Canned("anthropic", WriterFailed(WriterFault(fault), "No."))
    second = Canned("openai")
    with pytest.raises(WriterFailed):
        FallbackWriter((first, second)).write(PROMPT)
    assert second.calls == []


def test_nobody_steps_in_where_something_may_have_been_paid() -> None:
    first = Canned("anthropic", WriterFailed(WriterFault.DOWN, "No.", may_cost=True))
    second = Canned("openai")
    with pytest.raises(WriterFailed):
        FallbackWriter((first, second)).write(PROMPT)
    assert second.calls == []


def test_the_last_ones_failure_is_the_failure() -> None:
    first = Canned("anthropic", WriterFailed(WriterFault.KEY, "First."))
    second = Canned("openai", WriterFailed(WriterFault.DOWN, "Second."))
    with pytest.raises(WriterFailed, match="Second"):
        FallbackWriter((first, second)).write(PROMPT)
