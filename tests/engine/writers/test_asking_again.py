"""When a writer asks again, when it waits, and when it never does."""

import threading

import pytest

from bacowr.base.http import Outgoing
from bacowr.base.posting import Limits
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Ending, Prompt, WriterFault
from bacowr.engine.providers.writers.catalog import build_writer
from bacowr.engine.providers.writers.http_writer import Patience
from bacowr.engine.providers.writers.throttle import Allowance, Throttles
from tests.engine.writers.conftest import (
    LIMITS,
    Connect,
    FakeTime,
    ask,
    every_service,
    fails,
)
from tests.plugins import model_server as acts
from tests.plugins.model_server import Cuts, Drops, Fails, Hangs, ModelServer, Says

ANTHROPIC, OPENAI = LlmProvider.ANTHROPIC, LlmProvider.OPENAI
GOOGLE, COMPATIBLE = LlmProvider.GOOGLE, LlmProvider.COMPATIBLE
TEXT = "# Rubrik\n\nEn text på svenska, med tankstreck, «citat» och 😀.\n" * 5


@every_service
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_asks_again_when_nothing_was_delivered(
    provider: LlmProvider,
    status: int,
    connect: Connect,
    model_server: ModelServer,
    time: FakeTime,
) -> None:
    model_server.then(Fails(status))
    assert connect(provider).write(ask()).text == "A text of a few words."
    assert time.slept == [2.0]


def test_gives_up_after_four_more_attempts(
    connect: Connect, model_server: ModelServer, time: FakeTime, prompt: Prompt
) -> None:
    model_server.answer = lambda _: Fails(529, "overloaded_error", "Overloaded")
    failed = fails(connect(ANTHROPIC), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.DOWN, False)
    assert time.slept == [2.0, 4.0, 8.0, 16.0]
    assert len(model_server.asked) == 5


def test_waits_as_long_as_the_service_asks(
    connect: Connect, model_server: ModelServer, time: FakeTime, prompt: Prompt
) -> None:
    model_server.then(Fails(429, "rate_limit_error", headers=(("Retry-After", "7"),)))
    connect(ANTHROPIC).write(prompt)
    assert sum(time.slept) == 7.0


def test_lets_everybody_wait_that_long(
    connect: Connect, model_server: ModelServer, time: FakeTime, prompt: Prompt
) -> None:
    model_server.then(Fails(429, headers=(("Retry-After", "50"),)))
    once = Patience(LIMITS, retry_waits=())
    assert fails(connect(OPENAI, once), prompt).fault is WriterFault.LIMITED
    assert time.slept == []
    connect(OPENAI, once).write(prompt)
    assert time.slept == [50.0]


def test_does_not_wait_for_hours(
    connect: Connect, model_server: ModelServer, time: FakeTime, prompt: Prompt
) -> None:
    model_server.then(Fails(429, headers=(("Retry-After", "7200"),)))
    assert fails(connect(GOOGLE), prompt).fault is WriterFault.LIMITED
    assert fails(connect(GOOGLE), prompt).fault is WriterFault.LIMITED
    assert (len(model_server.asked), time.slept) == (1, [])


def test_asks_again_where_nobody_answers(connect: Connect, time: FakeTime, prompt: Prompt) -> None:
    failed = fails(connect(COMPATIBLE, base_url="http://127.0.0.1:9/v1"), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.DOWN, False)
    assert time.slept == [2.0, 4.0, 8.0, 16.0]


@every_service
@pytest.mark.parametrize("share", [0.0, 0.1, 0.7])
def test_never_pays_twice_for_a_stream_that_was_cut(
    provider: LlmProvider,
    share: float,
    connect: Connect,
    model_server: ModelServer,
    prompt: Prompt,
) -> None:
    model_server.then(Cuts(share=share))
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.CUT, True)
    assert len(model_server.asked) == 1


@every_service
def test_never_pays_twice_for_an_error_in_mid_text(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(acts.Breaks(TEXT))
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.CUT, True)
    assert len(model_server.asked) == 1


@every_service
def test_asks_again_after_an_error_before_the_first_word(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(acts.Breaks())
    assert connect(provider).write(prompt).ending is Ending.COMPLETE
    assert len(model_server.asked) == 2


@every_service
def test_a_connection_dropped_without_a_word_may_have_cost(
    provider: LlmProvider, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(Drops())
    failed = fails(connect(provider), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.CUT, True)
    assert len(model_server.asked) == 1


@pytest.mark.parametrize("act", [Hangs(), Says(TEXT * 20, gap_seconds=0.05)])
def test_a_slow_server_cannot_hold_a_writer(
    act: Hangs | Says, connect: Connect, model_server: ModelServer, prompt: Prompt
) -> None:
    model_server.then(act)
    patience = Patience(Limits(timeout_seconds=0.4, idle_seconds=0.3))
    failed = fails(connect(ANTHROPIC, patience), prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.TIMEOUT, True)
    assert len(model_server.asked) == 1


def test_keeps_to_the_number_of_calls_at_once(model_server: ModelServer, prompt: Prompt) -> None:
    gate = threading.Semaphore(0)
    model_server.answer = lambda _: "Done." if gate.acquire(timeout=10) else "Late."
    throttles = Throttles(Allowance(at_once=2))
    config = model_server.config(ANTHROPIC)
    writers = [build_writer(config, Outgoing(), throttles=throttles) for _ in range(5)]
    threads = [threading.Thread(target=each.write, args=(prompt,)) for each in writers]
    for each in threads:
        each.start()
    gate.release(5)
    for each in threads:
        each.join(10)
    assert len(model_server.asked) == 5
    assert model_server.most_at_once <= 2


def test_says_when_no_turn_came_in_time(model_server: ModelServer, prompt: Prompt) -> None:
    throttles = Throttles(Allowance(at_once=1))
    patience = Patience(LIMITS, retry_waits=(), turn_seconds=0.05)
    writer = build_writer(model_server.config(ANTHROPIC), Outgoing(), patience, throttles)
    config = model_server.config(ANTHROPIC)
    with throttles.of(f"{config.provider} {config.address}").turn(1):
        failed = fails(writer, prompt)
    assert (failed.fault, failed.may_cost) == (WriterFault.LIMITED, False)
    assert model_server.asked == []
