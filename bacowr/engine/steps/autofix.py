"""Fix, once: carry out the permitted repairs and show each as a difference (domain 3.11)."""

from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import material_of
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.repairs.model import Outcome
from bacowr.engine.repairs.repair import failed, repair
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Repair the article when the checks ask for it; `article` is None when nothing was changed.

    A repair that was tried and changed nothing leaves a `report` that asks for a sign-off.
    """
    found = earlier(outputs, Stage.QC, dict)["report"]
    if found is None or found["status"] == QcStatus.PASS:
        return {"article": None, "repair": None, "report": None}
    report = from_json(Report, found)
    article = from_json(Article, outputs[Stage.WRITE]["article"])
    material = material_of(order, outputs, ports.neighbors)
    done = repair(material.subject(article, ports.clock()), report)
    made = done.article if done.applied else None
    worse = failed(report) if done.outcome is Outcome.FAILED else None
    return {
        "article": to_json(made) if made else None,
        "repair": to_json(done),
        "report": to_json(worse) if worse else None,
    }
