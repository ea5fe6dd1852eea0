"""Receive: what the order says, in one spelling."""

from bacowr.engine import urls
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs


def run(order: Order, _outputs: Outputs, _ports: Ports) -> Json:
    """Note the order and the two sites it joins."""
    target_site = urls.registrable(urls.host_of(order.target_url))
    publisher_site = urls.registrable(order.publisher_domain)
    return {
        "order": to_json(order),
        "publisher_site": publisher_site,
        "target_site": target_site,
        "one_site": publisher_site == target_site,
    }
