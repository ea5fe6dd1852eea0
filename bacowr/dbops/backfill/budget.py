"""How long a run may take, and whether somebody wants it to stop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NAP_SECONDS: Final = 0.1


class TimeIsUp(Exception):  # noqa: N818 - Named after what happened, as the other errors are.
    """The budget is spent, or somebody wants the run to stop."""


@dataclass(frozen=True)
class Budget:
    """The time of one run, over all the backfills it goes on with."""

    seconds: float
    is_stopped: Callable[[], bool] = lambda: False
    started: float = field(default_factory=time.monotonic)

    @property
    def is_spent(self) -> bool:
        """Tell whether the run has to end."""
        return time.monotonic() - self.started >= self.seconds or self.is_stopped()

    def check(self) -> None:
        """Raise TimeIsUp when the run has to end."""
        if self.is_spent:
            raise TimeIsUp

    def sleep(self, seconds: float) -> None:
        """Sleep, but wake up when the run has to end."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.is_spent:
            time.sleep(min(left, NAP_SECONDS))
