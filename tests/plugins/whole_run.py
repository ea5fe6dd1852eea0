"""Carry an order through the pipeline in one go, picking up after the finished steps."""

from collections.abc import Callable
from types import MappingProxyType

from bacowr.engine.order import Order
from bacowr.engine.pipeline import STEPS
from bacowr.engine.ports import Ports
from bacowr.engine.shapes import Json
from bacowr.engine.steps.step import Outputs, Stage


def run(
    order: Order,
    ports: Ports,
    finished: Outputs = MappingProxyType({}),
    on_finished: Callable[[Stage, Json], None] | None = None,
) -> dict[str, Json]:
    """Run every step that is not among the finished ones; give all outputs by stage.

    `on_finished` is called after each step with its output. Raise Aborted as the steps do.
    """
    outputs = dict(finished)
    for step in STEPS:
        if step.name not in outputs:
            outputs[step.name.value] = step.run(order, outputs, ports)
            if on_finished is not None:
                on_finished(step.name, outputs[step.name])
    return outputs
