"""The ports as an installation has them: the web, the demo sites, and what keys allow."""

from collections.abc import Callable
from datetime import datetime

from bacowr.base.http import Outgoing
from bacowr.engine.ports import Ports
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.providers.stored import DemoOr, demo_pages
from bacowr.engine.providers.web import WebPages


def installed_ports(outgoing: Outgoing, clock: Callable[[], datetime]) -> Ports:
    """Connect the engine to the world; without any key there is neither search nor writer."""
    return Ports(
        fetch=DemoOr(demo_pages(clock), WebPages(outgoing, clock)),
        search=NoSearch(),
        clock=clock,
    )
