"""A short pipeline and a world without pages, for tests of what carries the steps out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bacowr.base import clock
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.order import Order
from bacowr.engine.outcome import AbortCode, Aborted, BlockReason
from bacowr.engine.ports import Page, Ports
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.shapes import to_json
from bacowr.engine.steps.done import Document, Result, ResultStatus
from bacowr.engine.steps.step import Stage, Step
from bacowr.jobs.equipping import Equipment

ORDER = Order("publisher.example", "https://target.example/page", "an anchor", language="sv")
STAGES = (Stage.RECEIVE, Stage.FETCH, Stage.BRIEF, Stage.DONE)
TEXT = "# A brief\n"


def ended(block: BlockReason | None = None) -> dict[str, Any]:
    """What the last step gives, with one document."""
    label = {"sv": "Underlag", "en": "Brief"}
    kind = DocumentKind.BRIEF
    document = Document(kind, label, {}, "brief.md", "A brief", "sv", demo=False, markdown=TEXT)
    status = ResultStatus.BLOCKED if block else ResultStatus.DELIVERED
    told = "The page said 404." if block else None
    return to_json(Result(status, block, told, (document,), (), (), demo=False))


def finished() -> dict[str, dict[str, Any]]:
    return {"brief": {"brief": {"subject": "A subject"}}, "done": ended()}


@dataclass
class Pipeline:
    """Steps that note when they run; `before` is called first and may raise."""

    ran: list[str] = field(default_factory=list)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=finished)

    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(stage, self._work(stage)) for stage in STAGES)

    def _work(self, stage: Stage) -> Callable[..., dict[str, Any]]:
        def run(_order: object, outputs: dict[str, Any], _ports: object) -> dict[str, Any]:
            self.ran.append(stage.value)
            self.before.get(stage.value, lambda: None)()
            return self.outputs.get(stage.value, {"saw": sorted(outputs)})

        return run

    def abort(self) -> None:
        raise Aborted(AbortCode.STEP_MISSING, "It could not be done.")


class NoPages:
    """A Fetch for steps that fetch nothing."""

    def home_urls(self, domain: str) -> tuple[str, ...]:
        raise NotImplementedError(domain)

    def get(self, url: str) -> Page:
        raise NotImplementedError(url)


def no_world() -> Equipment:
    """Equipment for steps that reach for nothing."""
    return Equipment(Ports(fetch=NoPages(), search=NoSearch(), clock=clock.now))
