"""The order of the steps, and nothing else."""

from collections.abc import Mapping
from typing import Any, Protocol

from bacowr.engine.order import Order
from bacowr.engine.ports import Ports

Outputs = Mapping[str, dict[str, Any]]


class Blocked(Exception):  # noqa: N818  # Named after what happened, as base.errors does.
    """The order can't go on until a person acts; `reason` is a code."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason


class Aborted(Exception):  # noqa: N818  # Named after what happened, as base.errors does.
    """The order failed for a reason of the system's; `code` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Step(Protocol):
    """One step: what it needs it finds in the outputs of the steps before."""

    name: str

    def run(self, order: Order, outputs: Outputs, ports: Ports) -> dict[str, Any]:
        """Return what the step found out, as JSON."""
        ...


STEPS: tuple[Step, ...] = ()
