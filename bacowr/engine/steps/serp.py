"""Serp: plan the searches and ask the search service, if there is one."""

from dataclasses import dataclass

from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.research.intent import target_intent
from bacowr.engine.research.queries import QueryPlan, plan
from bacowr.engine.research.serp import SerpFindings, findings
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.profile import Profiles
from bacowr.engine.steps.step import Outputs, Stage, earlier


@dataclass(frozen=True)
class Serp:
    """The planned searches, and what their results say."""

    plan: QueryPlan
    findings: SerpFindings


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Search for the main query and its neighbors."""
    profiles = earlier(outputs, Stage.PROFILE, Profiles)
    intent = target_intent(profiles.target)
    queries = plan(profiles.target, intent, profiles.language, order.country)
    asked = ((queries.main,) if queries.main else ()) + queries.cluster
    return to_json(Serp(queries, findings([ports.search.results(each) for each in asked])))
