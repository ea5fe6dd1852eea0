"""The demo order, prepared up to its brief, and ports with a scripted writer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.ports import Ports, WriterFailed, Written
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.shapes import Json
from tests.plugins.written import DEMO, ScriptedWriter, prepared


@pytest.fixture(scope="session")
def demo_ports() -> Ports:
    return installed_ports(Outgoing(), lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def demo(demo_ports: Ports) -> dict[str, Json]:
    """Prepare the demo order, once."""
    return prepared(DEMO, demo_ports)


@pytest.fixture
def ports_with(demo_ports: Ports) -> Callable[..., Ports]:
    def make(*script: str | Written | WriterFailed) -> Ports:
        return replace(demo_ports, writer=ScriptedWriter(script))

    return make
