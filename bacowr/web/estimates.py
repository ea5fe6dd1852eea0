"""What an order would cost, beside the button that places it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request

from bacowr.accounts.permissions import Permission
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.money import expected, holding
from bacowr.jobs.money.caps import Standing
from bacowr.jobs.money.expected import Expected, Wish
from bacowr.providers.writers import writer_configs
from bacowr.web import choices
from bacowr.web.choices import Options

E = TypeVar("E", bound=StrEnum)

bp = Blueprint("estimates", __name__)


@dataclass(frozen=True)
class Offer:
    """What the form for an order can say about who writes, and at what price."""

    writers: Options
    expected: Expected
    standings: list[Standing]

    @property
    def has_writer(self) -> bool:
        """Tell whether any language model is connected."""
        return len(self.writers) > 1


@bp.get("/jobs/estimate")
@needs(Permission.JOBS_CREATE)
def show() -> str:
    """Say what the order that is being filled in would cost."""
    return render_template("jobs/_price.html", offer=offer(request.args))


def offer(values: Mapping[str, str]) -> Offer:
    """Read the part of a form that decides on the price; what makes no sense in it is left out."""
    equipment = installation.own_equipment()
    wish = Wish(
        provider=_known(LlmProvider, values.get("llm_provider"), LlmProvider.AUTO),
        strategy=_known(
            WritingStrategy, values.get("writing_strategy"), WritingStrategy.MULTI_STAGE
        ),
        language=values.get("language") or None,
        allow_fallback=bool(values.get("allow_fallback")),
        brief_only=values.get("brief_only") == "true",
    )
    found = expected.expected(wish, equipment)
    writers = _writers(equipment)
    if len(writers) == 1:
        found = expected.expected(replace(wish, brief_only=False), equipment)
    return Offer(writers, found, holding.standings_before(current_user(), equipment.caps))


def _writers(equipment: Equipment) -> Options:
    configs = writer_configs(equipment.keyring) if equipment.keyring else []
    ready = [each for each in configs if each.missing is None]
    named = ((each.provider.value, f"{each.name} ({each.model_name})") for each in ready)
    return (choices.AUTOMATIC, *named)


def _known(kind: type[E], value: str | None, default: E) -> E:
    return kind(value) if value in set(kind) else default
