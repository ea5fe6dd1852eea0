"""What a writer makes of refusals, garbage, keys and addresses."""

import logging
import traceback

import pytest
from structlog.testing import capture_logs

from bacowr.base.posting import Limits
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, WriterFault
from bacowr.engine.providers.writers.catalog import WriterConfig
from bacowr.engine.providers.writers.http_writer import Patience
from tests.engine.writers.conftest import (
    Connect,
    every_service,
    fails,
)
from tests.plugins import model_server as acts
from tests.plugins.model_server import Fails, ModelServer, Raw, Says

ANTHROPIC, OPENAI = LlmProvider.ANTHROPIC, LlmProvider.OPENAI
COMPATIBLE = LlmProvider.COMPATIBLE
TEXT = "# Rubrik\n\nEn text på svenska, med tankstreck, «citat» och 😀.\n" * 5


@every_service
@pytest.mark.parametrize(
    "garbage",
    [
        Raw(),
        Raw(b"data: {not json\n\n", "text/event-stream"),
        Raw(b"data: [1, 2]\n\n", "text/event-stream"),
        Raw(b"data: \xff\xfe\n\n", "text/event-stream"),
        Raw(b'{"choices": [{"message": {"content": "whole"}}]}', "application/json"),
        Says("  \n "),
    ],
)
def test_garbage_is_no_text(
    provider: LlmProvider,
    garbage: Raw | Says,
    connect: Connect,
    model_server: ModelServer,
    prompt: Prompt,
) -> None:
    model_server.then(garbage)
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.GARBAGE, True)
    assert len(model_server.asked) == 1


@every_service
@pytest.mark.parametrize("words", ["", "I would rather"])
def test_a_refusal_gives_no_text(
    provider: LlmProvider, words: str, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(acts.refuses(words))
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.REFUSED, True)


@every_service
def test_a_wrong_key_is_told_without_showing_it(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    wrong = "sk-wrong-abcdefghijklmnop"
    failed = fails(connect(provider, key=wrong), prompt)
    assert failed.fault is WriterFault.KEY
    assert wrong not in failed.message
    assert len(model_server.asked) == 1


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ", "tab\there"])
def test_a_key_that_no_header_can_carry_is_never_sent(
    key: str, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    failed = fails(connect(ANTHROPIC, key=key), prompt)
    assert failed.fault is WriterFault.KEY
    assert key not in failed.message
    assert model_server.asked == []


@every_service
def test_leaves_no_key_in_logs_and_tracebacks(
    provider: LlmProvider,
    connect: Connect,
    model_server: ModelServer,
    prompt: Prompt,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    model_server.then(Fails(529), Fails(400, "bad", f"What is {model_server.key}?"))
    with capture_logs() as logs:
        failed = fails(connect(provider, key=model_server.key), prompt)
    assert [(each["fault"], each["seconds"]) for each in logs] == [(WriterFault.DOWN, 2.0)]
    told = (
        repr(logs)
        + caplog.text
        + "".join(traceback.format_exception(failed))
        + repr(failed.__cause__)
    )
    assert model_server.key not in told


def test_shows_no_key(connect: Connect, model_server: ModelServer) -> None:
    shown = repr(connect(OPENAI)) + repr(model_server.config(OPENAI))
    assert model_server.key not in shown


@pytest.mark.parametrize(
    ("provider", "act"),
    [
        (ANTHROPIC, Fails(402, "billing_error", "Your payment failed.")),
        (ANTHROPIC, Fails(400, "invalid_request_error", "Your credit balance is too low.")),
        (OPENAI, Fails(429, "insufficient_quota", "You exceeded your current quota.")),
    ],
)
def test_no_money_is_not_asked_for_again(
    provider: LlmProvider,
    act: Fails,
    connect: Connect,
    model_server: ModelServer,
    prompt: Prompt,
) -> None:
    model_server.then(act)
    failed = fails(connect(provider), prompt)
    assert (failed.fault, len(model_server.asked)) == (WriterFault.MONEY, 1)


@pytest.mark.parametrize("told", [(404, WriterFault.ADDRESS), (400, WriterFault.GARBAGE)])
@every_service
def test_quotes_what_a_service_says_of_a_request(
    provider: LlmProvider,
    told: tuple[int, WriterFault],
    connect: Connect,
    model_server: ModelServer,
    prompt: Prompt,
) -> None:
    status, fault = told
    message = f"No such model.\nYours: {model_server.key}"
    model_server.then(Fails(status, "not_found_error", message))
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (fault, False)
    assert "No such model. Yours: …" in failed.message
    assert model_server.key not in failed.message


def test_an_endless_answer_cannot_fill_the_house(
    connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(Says(TEXT * 100))
    failed = fails(connect(OPENAI, Patience(Limits(max_bytes=2000))), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.GARBAGE, True)


def test_a_stored_address_may_not_lead_inside(
    connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    failed = fails(connect(COMPATIBLE, trusted_address=False), prompt)
    assert failed.fault is WriterFault.ADDRESS
    assert model_server.asked == []


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "http://user:pw@127.0.0.1/", "nonsense"])
def test_an_address_that_is_none_is_told_when_it_is_used(
    address: str, connect: Connect, prompt: Prompt
) -> None:
    assert fails(connect(COMPATIBLE, base_url=address), prompt).fault is WriterFault.ADDRESS


def test_follows_no_redirect(connect: Connect, model_server: ModelServer, prompt: Prompt) -> None:
    model_server.then(Fails(307, headers=(("Location", "/v1/messages"),)))
    assert fails(connect(ANTHROPIC), prompt).fault is WriterFault.ADDRESS
    assert len(model_server.asked) == 1


def test_writes_at_the_usual_address_unless_told(model_server: ModelServer) -> None:
    assert WriterConfig(ANTHROPIC, "k").address == "https://api.anthropic.com"
    assert model_server.config(ANTHROPIC).address == model_server.origin
