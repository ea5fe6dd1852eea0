"""Whole calls against a server that speaks each service's protocol."""

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Ending, Prompt, Purpose, WriterFailed, WriterFault
from bacowr.engine.providers.writers.catalog import probe, try_out
from bacowr.engine.providers.writers.throttle import Throttles
from tests.engine.writers.conftest import (
    SERVICES,
    Connect,
    FakeTime,
    ask,
    every_service,
    fails,
)
from tests.plugins.model_server import Fails, ModelServer, Says
from tests.plugins.model_wire import CUT

ANTHROPIC, OPENAI = LlmProvider.ANTHROPIC, LlmProvider.OPENAI
GOOGLE, COMPATIBLE = LlmProvider.GOOGLE, LlmProvider.COMPATIBLE
TEXT = "# Rubrik\n\nEn text på svenska, med tankstreck, «citat» och 😀.\n" * 5


@every_service
def test_writes_and_counts_tokens(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.answer = lambda _: Says(TEXT, counts=(4000, 1500))
    writer = connect(provider)
    written = writer.write(prompt)
    assert (written.text, written.ending) == (TEXT, Ending.COMPLETE)
    assert (written.input_tokens, written.output_tokens) == (4000, 1500)
    assert (written.provider, written.model) == (provider.value, writer.model)


@every_service
def test_sends_instructions_and_material_apart(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    connect(provider).write(prompt)
    [asked] = model_server.asked
    assert (asked.service, asked.system, asked.user) == (provider, prompt.system, prompt.user)


def test_speaks_as_each_service_wants(
    connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    for provider in SERVICES:
        connect(provider).write(prompt)
    anthropic, openai, google, compatible = model_server.asked
    assert anthropic.headers["anthropic-version"] == "2023-06-01"
    assert anthropic.body["stream"] is True
    assert anthropic.body["output_config"] == {"effort": "low"}
    assert openai.headers["authorization"] == f"Bearer {model_server.key}"
    assert openai.body["stream_options"] == {"include_usage": True}
    assert "max_tokens" not in openai.body
    assert model_server.key not in google.path
    assert google.body["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "low"}
    assert "authorization" not in compatible.headers
    assert (compatible.body["max_tokens"], compatible.body["temperature"]) == (3000, 0.7)


@pytest.mark.parametrize(
    ("provider", "model", "limit"),
    [
        (ANTHROPIC, "claude-3-haiku-20240307", "max_tokens"),
        (OPENAI, "gpt-4o-mini", "max_completion_tokens"),
    ],
)
def test_asks_a_model_that_does_not_think_for_no_more_than_the_text(
    provider: LlmProvider, model: str, limit: str, connect: Connect, model_server: ModelServer
) -> None:
    connect(provider, model=model).write(ask(tokens=1000))
    body = model_server.asked[0].body
    assert (body[limit], body["temperature"], body["model"]) == (1000, 0.7, model)
    assert {"output_config", "reasoning_effort"}.isdisjoint(body)


def test_gives_a_thinking_model_room_to_think(connect: Connect, model_server: ModelServer) -> None:
    for provider in (ANTHROPIC, OPENAI, GOOGLE):
        connect(provider).write(ask(tokens=1000))
    bodies = [each.body for each in model_server.asked]
    limits = (
        bodies[0]["max_tokens"],
        bodies[1]["max_completion_tokens"],
        bodies[2]["generationConfig"]["maxOutputTokens"],
    )
    assert limits == (7000, 7000, 7000)
    assert not any("temperature" in each for each in (bodies[0], bodies[1]))


@every_service
def test_says_when_a_text_was_cut_by_the_limit(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(Says("A text that is not", CUT))
    written = connect(provider).write(prompt)
    assert (written.text, written.ending) == ("A text that is not", Ending.CUT)


def test_does_without_counts_where_there_are_none(
    connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(Says("A text.", counts=None))
    written = connect(COMPATIBLE).write(prompt)
    assert (written.text, written.input_tokens, written.output_tokens) == ("A text.", None, None)


@pytest.mark.parametrize(
    ("provider", "model", "refused"),
    [
        (ANTHROPIC, "claude-99", {"temperature"}),
        (ANTHROPIC, None, {"output_config"}),
        (OPENAI, "gpt-99", {"temperature"}),
        (OPENAI, None, {"reasoning_effort", "stream_options"}),
        (OPENAI, None, {"max_completion_tokens"}),
        (COMPATIBLE, None, {"max_tokens", "temperature"}),
        (GOOGLE, "gemini-99", {"temperature"}),
        (GOOGLE, None, {"thinkingConfig"}),
    ],
)
def test_leaves_out_what_a_model_refuses_and_remembers(
    provider: LlmProvider,
    model: str | None,
    refused: set[str],
    connect: Connect,
    model_server: ModelServer,
) -> None:
    model_server.refused_parameters = frozenset(refused)
    writer = connect(provider, **({"model": model} if model else {}))
    assert writer.write(ask()).ending is Ending.COMPLETE
    assert len(model_server.asked) == 1 + len(refused)
    writer.write(ask())
    assert len(model_server.asked) == 2 + len(refused)


def test_never_asks_without_any_limit(
    connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.refused_parameters = frozenset({"max_tokens", "max_completion_tokens"})
    failed = fails(connect(COMPATIBLE), prompt)
    assert failed.fault is WriterFault.GARBAGE
    assert all(
        {"max_tokens", "max_completion_tokens"} & {*each.body} for each in model_server.asked
    )
    assert len(model_server.asked) == 2


@every_service
def test_a_probe_is_tiny_and_may_come_back_empty(
    provider: LlmProvider, model_server: ModelServer, throttles: Throttles
) -> None:
    model_server.then(Says("", CUT), "ready")
    config = model_server.config(provider)
    assert try_out(config, Outgoing(), throttles).text == ""
    assert try_out(config, Outgoing(), throttles).text == "ready"
    body = model_server.asked[0].body
    settings = body.get("generationConfig", body)
    limits = {"max_tokens", "max_completion_tokens", "maxOutputTokens"} & {*settings}
    assert [settings[each] for each in limits] == [16]


def test_a_probe_does_not_wait(
    model_server: ModelServer, throttles: Throttles, time: FakeTime
) -> None:
    model_server.then(Fails(529))
    with pytest.raises(WriterFailed):
        try_out(model_server.config(ANTHROPIC), Outgoing(), throttles)
    assert time.slept == []


def test_an_empty_text_is_garbage_outside_a_probe(
    connect: Connect, model_server: ModelServer
) -> None:
    model_server.answer = lambda _: Says("", CUT)
    assert fails(connect(OPENAI), ask()).fault is WriterFault.GARBAGE
    assert probe(connect(OPENAI)).ending is Ending.CUT
    assert fails(connect(OPENAI), ask(Purpose.FIX)).fault is WriterFault.GARBAGE
