"""The services that can be set up to write, and a writer made from what was set up."""

import tomllib
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.base.http import Outgoing
from bacowr.base.posting import Limits
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, Purpose, Writer, Written
from bacowr.engine.providers.writers.anthropic import Messages
from bacowr.engine.providers.writers.chat import ChatCompletions
from bacowr.engine.providers.writers.dialect import Dialect, Traits
from bacowr.engine.providers.writers.google import GenerateContent
from bacowr.engine.providers.writers.http_writer import HttpWriter, Patience, Service
from bacowr.engine.providers.writers.throttle import Throttles

_DATA = tomllib.loads(
    (resources.files("bacowr.engine.data") / "models.toml").read_text(encoding="utf-8")
)
CHECKED_ON = _DATA["checked_on"]
SERVICES = tuple(LlmProvider(each) for each in _DATA["services"])
PROBE = Prompt(Purpose.PROBE, "probe-1", "Answer with one word.", "Say: ready", 16)
# A person waits for a probe, so it is asked once and not for long.
PROBE_PATIENCE = Patience(Limits(timeout_seconds=30.0, idle_seconds=30.0), (), turn_seconds=10.0)
THROTTLES = Throttles()


@dataclass(frozen=True)
class WriterConfig:
    """What is set up for one service; the address and the model default to the usual ones.

    `trusted_address` says that the address is from the operator's environment, and so may be
    private, on any port; one that was stored through the web may not. `is_own` says that who
    orders pays for it alone. The key stays out of reprs.
    """

    provider: LlmProvider
    key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    model: str | None = None
    trusted_address: bool = False
    is_own: bool = False

    @property
    def name(self) -> str:
        """Give the name that people know the service by."""
        return str(_service(self.provider)["name"])

    @property
    def address(self) -> str:
        """Give the address to call, empty when it is for the operator to name."""
        return self.base_url or str(_service(self.provider)["base_url"])

    @property
    def model_name(self) -> str:
        """Give the model to ask for, empty when it is for the operator to name."""
        return self.model or str(_service(self.provider)["model"])

    @property
    def missing(self) -> str | None:
        """Say what has to be set up before the service can write; None when nothing has."""
        if _service(self.provider)["needs_key"] and not self.key:
            return f"{self.name} has no key."
        if not self.address or not self.model_name:
            return f"{self.name} needs an address and a model."
        return None


def _service(provider: LlmProvider) -> dict[str, Any]:
    found: dict[str, Any] = _DATA["services"][provider]
    return found


def default_model(provider: LlmProvider) -> str:
    """Name the model that is asked for unless another is set up; empty where there is none."""
    return str(_service(provider)["model"])


def build_writer(
    config: WriterConfig,
    outgoing: Outgoing,
    patience: Patience | None = None,
    throttles: Throttles = THROTTLES,
) -> Writer:
    """Make a writer; whatever is wrong with what was set up shows when it is asked to write.

    All writers of one address take turns, as `throttles` allows for the process.
    """
    if config.trusted_address:
        outgoing = _opened(outgoing, config.address)
    service = Service(
        config.provider.value, config.name, config.address, config.model_name, config.key or None
    )
    throttle = throttles.of(f"{config.provider} {config.address}")
    dialect = _dialect(config.provider, config.model_name)
    return HttpWriter(
        service, dialect, outgoing, throttle, throttles.pace, patience=patience or Patience()
    )


def probe(writer: Writer) -> Written:
    """Ask for one word, to see that a writer answers; raise WriterFailed, which says why not.

    A model that spends the few tokens on thinking answers without text, and has been reached.
    """
    return writer.write(PROBE)


def try_out(config: WriterConfig, outgoing: Outgoing, throttles: Throttles = THROTTLES) -> Written:
    """Probe what was set up, for a person who waits: once, and for half a minute at most."""
    return probe(build_writer(config, outgoing, PROBE_PATIENCE, throttles))


def traits_of(provider: LlmProvider, model: str) -> Traits:
    """Tell what a model takes, by the longest beginning of its name that is known."""
    families = [
        (beginning, family)
        for family in _DATA["families"]
        if family["provider"] == provider
        for beginning in family["models"].split()
        if model.removeprefix("models/").startswith(beginning)
    ]
    if not families:
        return Traits()
    family = max(families, key=lambda each: len(each[0]))[1]
    return Traits(family["takes_temperature"], family.get("effort"), family["thinking_tokens"])


def most_output_tokens(provider: LlmProvider, model: str, for_text: int) -> int:
    """Give the most tokens that a call can be charged for as output, thinking included."""
    return for_text + traits_of(provider, model).thinking_tokens


def _opened(outgoing: Outgoing, address: str) -> Outgoing:
    """Let one address of the operator's be called although it may be private."""
    try:
        host = addresses.host_and_port(addresses.split(address))
    except AddressRefused:
        return outgoing
    return replace(outgoing, allow_hosts=outgoing.allow_hosts | {host})


def _dialect(provider: LlmProvider, model: str) -> Dialect:
    traits = traits_of(provider, model)
    match provider:
        case LlmProvider.ANTHROPIC:
            return Messages(traits)
        case LlmProvider.GOOGLE:
            return GenerateContent(traits)
        case LlmProvider.OPENAI:
            return ChatCompletions(traits)
        case _:
            return ChatCompletions(traits, limit="max_tokens", needs_last=False)
