"""Writers that ask the local server and wait for nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bacowr.base.http import Outgoing
from bacowr.base.posting import Limits
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, Purpose, Writer, WriterFailed
from bacowr.engine.providers.writers.catalog import build_writer
from bacowr.engine.providers.writers.http_writer import Patience
from bacowr.engine.providers.writers.throttle import Allowance, Pace, Throttles
from tests.plugins.model_server import ModelServer

Connect = Callable[..., Writer]
SERVICES = [each for each in LlmProvider if each is not LlmProvider.AUTO]
every_service = pytest.mark.parametrize("provider", SERVICES)
LIMITS = Limits(timeout_seconds=10.0, idle_seconds=5.0)


@dataclass
class FakeTime:
    """Time that passes only while somebody sleeps; `slept` lists for how long."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    @property
    def pace(self) -> Pace:
        return Pace(self.now, self.sleep, lambda _: 0.0)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def throttles(time: FakeTime) -> Throttles:
    return Throttles(Allowance(calls_a_minute=1000), time.pace)


@pytest.fixture
def connect(model_server: ModelServer, throttles: Throttles) -> Connect:
    """Make a writer that asks the local server, of one service, as a test sets it up."""

    def connected(
        provider: LlmProvider, patience: Patience | None = None, **changes: object
    ) -> Writer:
        config = model_server.config(provider, **changes)
        return build_writer(config, Outgoing(), patience or Patience(LIMITS), throttles)

    return connected


def ask(purpose: Purpose = Purpose.CONTENT, tokens: int = 3000) -> Prompt:
    return Prompt(purpose, "content-1", "Write as told.", "The material, with å, ä and ö.", tokens)


@pytest.fixture
def prompt() -> Prompt:
    return ask()


def fails(writer: Writer, prompt: Prompt) -> WriterFailed:
    with pytest.raises(WriterFailed) as failed:
        writer.write(prompt)
    return failed.value
