"""How long an order takes when nobody is waited for: pages at hand, and a writer at once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from statistics import median

from bacowr.base import clock
from bacowr.base.http import Outgoing
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.steps.step import Stage
from bacowr.jobs import sample
from benchmarks.measures.figures import Measured
from tests.plugins import whole_run
from tests.plugins.canned_writer import CannedWriter

RUNS = 7


def measure() -> Iterator[Measured]:
    """Carry the sample order out; the first run of the process loads the models, so it is apart."""
    cold, *warm = [_timed() for _ in range(RUNS + 1)]
    for place, (name, goal) in enumerate((("Preflight", "≤ 1 s"), ("Whole order", "≤ 2 s"))):
        times = sorted(each[place] for each in warm)
        figure = (
            f"{median(times):.2f} s ({times[0]:.2f}-{times[-1]:.2f}); first {cold[place]:.2f} s"
        )
        yield Measured(f"{name}, no network wait", figure, "sample order", f"{RUNS} runs", goal)


def _timed() -> tuple[float, float]:
    """Give the seconds to the brief, and to the end with a canned writer."""
    ports = dataclasses.replace(installed_ports(Outgoing(), clock.now), writer=CannedWriter())
    begun, marks = time.perf_counter(), {}
    whole_run.run(
        sample.ORDER,
        ports,
        on_finished=lambda stage, _: marks.update({stage: time.perf_counter() - begun}),
    )
    return marks[Stage.BRIEF], marks[Stage.DONE]
