"""How the publisher's subject and the target's can meet in one article (domain 3.7)."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.research.intent import Alignment, IntentAlignment
from bacowr.engine.research.topics import Topics

WRAPPER_BELOW = 0.4
STRONG_FROM = 0.7


class BridgeType(StrEnum):
    """The way two subjects meet: directly, over a theme between them, or in a neutral frame."""

    STRONG = "strong"
    PIVOT = "pivot"
    WRAPPER = "wrapper"


class Basis(StrEnum):
    """What a bridge was chosen by."""

    OVERLAP_ONLY = "overlap_only"
    OVERLAP_AND_INTENT = "overlap_and_intent"


@dataclass(frozen=True)
class Bridge:
    """The recommended bridge and what it rests on; `overlap` is None when unknown."""

    type: BridgeType
    basis: Basis
    overlap: float | None
    shared_topics: tuple[str, ...]
    shared_terms: tuple[str, ...]
    site_reputation_warning: bool


def topic_overlap(publisher: Topics, target: Topics) -> float | None:
    """Measure shared topics ÷ publisher topics; None when the publisher's are unknown."""
    if not publisher:
        return None
    return round(len(publisher.keys() & target.keys()) / len(publisher), 2)


def bridge(
    alignment: IntentAlignment,
    publisher: Topics,
    target: Topics,
    shared_terms: tuple[str, ...] = (),
) -> Bridge:
    """Choose the bridge; without search results the overlap alone decides."""
    overlap = topic_overlap(publisher, target)
    kind = _kind(alignment.overall, overlap)
    known = alignment.overall is not Alignment.UNKNOWN
    return Bridge(
        type=kind,
        basis=Basis.OVERLAP_AND_INTENT if known else Basis.OVERLAP_ONLY,
        overlap=overlap,
        shared_topics=tuple(each for each in publisher if each in target),
        shared_terms=shared_terms,
        site_reputation_warning=kind is BridgeType.WRAPPER,
    )


def _kind(overall: Alignment, overlap: float | None) -> BridgeType:
    if overall is Alignment.OFF or (overlap is not None and overlap < WRAPPER_BELOW):
        return BridgeType.WRAPPER
    if overlap is not None and overlap >= STRONG_FROM:
        return BridgeType.STRONG
    return BridgeType.PIVOT
