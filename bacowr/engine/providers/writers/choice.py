"""Which of the services that are set up writes an order, and who steps in for it (domain 3.9)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, Writer, WriterFailed, WriterFault, Written
from bacowr.engine.providers.writers.catalog import SERVICES, WriterConfig

# These come before a word was written, so that nothing is paid twice.
OTHERS_MAY_STEP_IN = frozenset(
    {WriterFault.KEY, WriterFault.MONEY, WriterFault.LIMITED, WriterFault.DOWN}
)


@dataclass(frozen=True)
class Choice:
    """The services to try, in order; without any, `reason` says in one sentence why."""

    configs: tuple[WriterConfig, ...] = ()
    reason: str | None = None


def choose(wanted: LlmProvider, configs: Iterable[WriterConfig], *, allow_fallback: bool) -> Choice:
    """Choose who writes: `auto` tries all that are set up, the orderer's own first.

    A named one goes alone; with consent the others stand behind the named one, or in for it when
    it is not set up.
    """
    ready = {each.provider: each for each in configs if each.missing is None}
    others = [each for each in SERVICES if each in ready and each != wanted]
    others.sort(key=lambda each: not ready[each].is_own)
    if wanted is LlmProvider.AUTO:
        none = None if others else "No language model is connected."
        return Choice(tuple(ready[each] for each in others), none)
    if wanted not in ready and not allow_fallback:
        name = WriterConfig(wanted).name
        reason = f"{name} is to write but is not connected, and the order allows no other."
        return Choice((), reason)
    order = [wanted, *others] if allow_fallback else [wanted]
    chosen = tuple(ready[each] for each in order if each in ready)
    return Choice(chosen, None if chosen else "No language model is connected.")


@dataclass
class FallbackWriter:
    """Several writers as one, for one order: who could write first goes on writing.

    The next one is asked only when the one before could not begin: its key or its money does not
    do, it takes no calls, or it is down. `on_fallback` is told of each such step.
    """

    writers: tuple[Writer, ...]
    on_fallback: Callable[[Writer, WriterFailed], None] | None = None
    provider: str = field(init=False)
    model: str = field(init=False)
    _at: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin with the first writer."""
        self._turn_to(0)

    def _turn_to(self, at: int) -> None:
        self._at = at
        self.provider, self.model = self.writers[at].provider, self.writers[at].model

    def write(self, prompt: Prompt) -> Written:
        """Write one answer; raise the last writer's WriterFailed when there is none."""
        while True:
            writer = self.writers[self._at]
            try:
                return writer.write(prompt)
            except WriterFailed as failed:
                is_last = self._at + 1 == len(self.writers)
                if is_last or failed.may_cost or failed.fault not in OTHERS_MAY_STEP_IN:
                    raise
                if self.on_fallback is not None:
                    self.on_fallback(writer, failed)
                self._turn_to(self._at + 1)
