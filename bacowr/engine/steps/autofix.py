"""Fix, once: carry out the permitted repairs and show each as a difference (domain 3.11)."""

from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import material_of
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.repairs.repair import repair
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Repair the article when the checks ask for it; `article` is None when nothing was changed."""
    report = earlier(outputs, Stage.QC, dict)["report"]
    if report is None or report["status"] == QcStatus.PASS:
        return {"article": None, "repair": None}
    article = from_json(Article, outputs[Stage.WRITE]["article"])
    material = material_of(order, outputs, ports.neighbors)
    done = repair(material.subject(article, ports.clock()), from_json(Report, report))
    made = done.article if done.applied else None
    return {"article": to_json(made) if made else None, "repair": to_json(done)}
