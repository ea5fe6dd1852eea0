"""Brief: put together what was found, and the skeleton of the article."""

from dataclasses import replace

from bacowr.engine.brief.compose import compose, copied_share
from bacowr.engine.brief.material import Material
from bacowr.engine.brief.parts.skeleton import skeleton
from bacowr.engine.brief.rendering import brief_markdown
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Compose brief and skeleton, also when a gate is shut: a brief is never withheld."""
    material = Material(
        order=order,
        fetched=earlier(outputs, Stage.FETCH, Fetched),
        profiles=earlier(outputs, Stage.PROFILE, Profiles),
        serp=earlier(outputs, Stage.SERP, Serp),
        intents=earlier(outputs, Stage.INTENT, Intents),
        has_writer=ports.writer is not None,
    )
    brief = compose(material)
    brief = replace(brief, copied_share=copied_share(brief, brief_markdown(brief)))
    return {"brief": to_json(brief), "skeleton": to_json(skeleton(brief))}
