"""Which packs an order comes under: what was detected, and what a person said about it."""

from dataclasses import dataclass
from datetime import date

from bacowr.engine.order import Order, Vertical
from bacowr.engine.policies.detection import MENTIONS, Detected, verticals_of
from bacowr.engine.policies.matching import found
from bacowr.engine.policies.model import Pack, Packs
from bacowr.engine.record import Profiles


@dataclass(frozen=True)
class Application:
    """The packs that apply to one order on one day.

    `named` is a person's word on the area; `overridden` are the detected areas it set aside.
    `without_rules` are areas for which no pack is in force in the order's country; `exempt` names
    packs that don't apply, with the word that says so.
    """

    detected: tuple[Detected, ...]
    packs: tuple[Pack, ...]
    named: Vertical | None = None
    overridden: tuple[Detected, ...] = ()
    without_rules: tuple[Vertical, ...] = ()
    exempt: tuple[tuple[Pack, str], ...] = ()

    @property
    def verticals(self) -> tuple[Vertical, ...]:
        """List the areas whose rules count."""
        if self.named is None:
            return tuple(each.vertical for each in self.detected)
        return () if self.named is Vertical.NONE else (self.named,)


def application(
    order: Order, profiles: Profiles, on: date, packs: Packs, text: str = ""
) -> Application:
    """Tell which packs apply; `text` is the article's running text once there is one."""
    detected = verticals_of(order, profiles, packs, text)
    named = order.vertical
    areas = Application(detected, (), named).verticals
    overridden = tuple(e for e in detected if named is not None and e.vertical is not named)
    in_force = [e for e in packs.packs if e.is_in_force(on) and e.country in (None, order.country)]
    ruled = {each.vertical for each in in_force}
    candidates = [each for each in in_force if each.vertical is None or each.vertical in areas]
    signs: dict[Vertical | None, Detected] = {each.vertical: each for each in detected}
    exempt = {
        each.id: (each, word)
        for each in candidates
        if named is None and (word := _exempting(each, order, signs.get(each.vertical), text))
    }
    return Application(
        detected=detected,
        packs=tuple(each for each in candidates if each.id not in exempt),
        named=named,
        overridden=overridden,
        without_rules=tuple(each for each in areas if each not in ruled),
        exempt=tuple(exempt.values()),
    )


def _exempting(pack: Pack, order: Order, detected: Detected | None, text: str) -> str | None:
    """Find the word that exempts; one in the anchor is enough, and no strong sign may stand by."""
    if detected and any(each.is_strong for each in detected.signs):
        return None
    phrases = tuple(each for listed in pack.exempt.values() for each in listed)
    for shown, needed in ((order.anchor_text, 1), (text, MENTIONS)):
        matches = found(shown, phrases)
        if len(matches) >= needed:
            return matches[0][0]
    return None
