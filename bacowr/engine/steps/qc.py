"""Check: hold the article against every rule, with the evidence."""

from collections.abc import Callable

from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import material_of
from bacowr.engine.checks.report import inspect
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier

Checked = Callable[[Order, Outputs, Ports], Json]


def checking(stage: Stage) -> Checked:
    """Make the step that checks the article another stage gave; without one it finds nothing."""

    def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
        made = earlier(outputs, stage, dict).get("article")
        if made is None:
            return {"report": None}
        material = material_of(order, outputs, ports.neighbors)
        subject = material.subject(from_json(Article, made), ports.clock())
        return {"report": to_json(inspect(subject))}

    return run
