"""Serp: plan the searches and ask the search service, if there is one."""

from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.record import Profiles, Serp
from bacowr.engine.research.intent import target_intent
from bacowr.engine.research.queries import plan
from bacowr.engine.research.serp import findings
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Search for the main query and its neighbors."""
    profiles = earlier(outputs, Stage.PROFILE, Profiles)
    intent = target_intent(profiles.target)
    queries = plan(profiles.target, intent, profiles.language, order.country)
    asked = ((queries.main,) if queries.main else ()) + queries.cluster
    return to_json(Serp(queries, findings([ports.search.results(each) for each in asked])))
