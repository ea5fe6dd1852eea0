"""Fix, once: carry out the permitted repairs and show each as a difference (domain 3.11)."""

from dataclasses import replace

from bacowr.engine.article.model import Article
from bacowr.engine.checks.assembly import material_of
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports
from bacowr.engine.repairs.model import Outcome, Repair
from bacowr.engine.repairs.repair import failed, in_new_words, repair
from bacowr.engine.repairs.rewording import reworded
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier

WORDS_MAY_HELP = frozenset({Outcome.APPLIED, Outcome.NEEDS_WRITER})


def run(order: Order, outputs: Outputs, ports: Ports) -> Json:
    """Repair the article when the checks ask for it; `article` is None when nothing was changed.

    What needs new words is asked of the order's writer, by one call at most. A repair that was
    tried and changed nothing leaves a `report` that asks for a sign-off.
    """
    found = earlier(outputs, Stage.QC, dict)["report"]
    if found is None or found["status"] == QcStatus.PASS:
        return {"article": None, "repair": None, "report": None}
    report = from_json(Report, found)
    article = from_json(Article, outputs[Stage.WRITE]["article"])
    material = material_of(order, outputs, ports.neighbors)
    done = _mended(material.subject(article, ports.clock()), report, ports)
    made = done.article if done.applied else None
    worse = failed(report) if done.outcome is Outcome.FAILED else None
    return {
        "article": to_json(made) if made else None,
        "repair": to_json(done),
        "report": to_json(worse) if worse else None,
    }


def _mended(subject: Subject, report: Report, ports: Ports) -> Repair:
    done = repair(subject, report)
    wanted = done.needs_writer
    if ports.writer is None or not wanted or done.outcome not in WORDS_MAY_HELP:
        return done
    made = reworded(replace(subject, article=done.article), wanted, ports.writer)
    return in_new_words(subject, done, made)
