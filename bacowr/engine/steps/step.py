"""What a step is: a name, and a function from an order and what is known so far to JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bacowr.engine.order import Order
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Ports
from bacowr.engine.shapes import Json, from_json

T = TypeVar("T")


class Stage(StrEnum):
    """The stages of an order, in the words of domain 3.1."""

    RECEIVE = "receive"
    FETCH = "fetch"
    PROFILE = "profile"
    SERP = "serp"
    INTENT = "intent"
    BRIEF = "brief"
    WRITE = "write"
    QC = "qc"
    AUTOFIX = "autofix"
    RECHECK = "recheck"
    DONE = "done"


Outputs = Mapping[str, Json]


@dataclass(frozen=True)
class Step:
    """One stage's work."""

    name: Stage
    run: Callable[[Order, Outputs, Ports], Json]


def earlier(outputs: Outputs, stage: Stage, kind: type[T]) -> T:
    """Read what an earlier step gave; raise Aborted when it has not run."""
    if stage not in outputs:
        raise Aborted(AbortCode.STEP_MISSING, f"The step {stage} has not been carried out.")
    return from_json(kind, outputs[stage])
