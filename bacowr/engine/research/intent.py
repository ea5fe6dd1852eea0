"""What a searcher wants, and how well two wants go together (domain 2 and 3.6)."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.page.profile import ContentType, PageProfile
from bacowr.engine.publisher.tone import ToneClass


class Intent(StrEnum):
    """What a page answers or a searcher wants."""

    INFO = "info_primary"
    COMMERCIAL = "commercial_research"
    TRANSACTIONAL = "transactional"
    NAVIGATIONAL = "navigational_brand"
    SUPPORT = "support"
    LOCAL = "local"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Alignment(StrEnum):
    """How two intents go together."""

    ALIGNED = "aligned"
    PARTIAL = "partial"
    OFF = "off"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How far a finding can be trusted."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


# The pairs that go together in part (domain 3.6); equal intents are aligned, the rest are off.
_INFO, _COMM, _TRANS = Intent.INFO, Intent.COMMERCIAL, Intent.TRANSACTIONAL
_PARTIAL = {
    frozenset({_INFO, _COMM}),
    frozenset({_COMM, _TRANS}),
    frozenset({_INFO, Intent.SUPPORT}),
    frozenset({_INFO, Intent.LOCAL}),
}
_WORST_FIRST = (Alignment.OFF, Alignment.PARTIAL, Alignment.ALIGNED)

# Legacy spelling that counts as transactional.
LEGACY = {"transactional_with_info_support": Intent.TRANSACTIONAL}


@dataclass(frozen=True)
class IntentAlignment:
    """Each side's intent against that of the search results, and the worst known of the three."""

    anchor: Intent
    target: Intent
    publisher: Intent
    serp: Intent
    anchor_vs_serp: Alignment
    target_vs_serp: Alignment
    publisher_vs_serp: Alignment
    overall: Alignment
    confidence: Confidence

    @property
    def all_off(self) -> bool:
        """Tell whether all three sides miss the search: writing must not start (domain 3.7)."""
        sides = (self.anchor_vs_serp, self.target_vs_serp, self.publisher_vs_serp)
        return all(each is Alignment.OFF for each in sides)


def aligned(one: Intent, other: Intent) -> Alignment:
    """Compare two intents by the matrix of domain 3.6."""
    if Intent.UNKNOWN in (one, other):
        return Alignment.UNKNOWN
    if one is other and one is not Intent.MIXED:
        return Alignment.ALIGNED
    if Intent.MIXED in (one, other) or frozenset({one, other}) in _PARTIAL:
        return Alignment.PARTIAL
    return Alignment.OFF


def target_intent(profile: PageProfile | None) -> Intent:
    """Tell what the target page serves (domain 3.6); unknown when it could not be read."""
    if profile is None:
        return Intent.UNKNOWN
    kind = profile.content_type
    priced = kind is ContentType.PRODUCT and (profile.has_price or "price" in profile.signals)
    if priced or kind in {ContentType.SERVICE, ContentType.TOOL}:
        return Intent.TRANSACTIONAL
    if kind in {ContentType.PRODUCT, ContentType.COMPARISON}:
        return Intent.COMMERCIAL
    if kind is ContentType.GUIDE or not profile.signals:
        return Intent.INFO
    return Intent.COMMERCIAL


def publisher_intent(tone: ToneClass) -> Intent:
    """Tell what a publisher's readers come for, by its tone class (domain 3.6)."""
    if tone is ToneClass.UNKNOWN:
        return Intent.UNKNOWN
    return Intent.COMMERCIAL if tone is ToneClass.CONSUMER_MAGAZINE else Intent.INFO


def alignment(
    anchor: Intent, target: Intent, publisher: Intent, serp: Intent, serp_confidence: Confidence
) -> IntentAlignment:
    """Hold each side against the search results; without these all is unknown, confidence low."""
    by_anchor, by_target, by_publisher = (
        aligned(each, serp) for each in (anchor, target, publisher)
    )
    known = (by_anchor, by_target, by_publisher)
    overall = next((each for each in _WORST_FIRST if each in known), Alignment.UNKNOWN)
    return IntentAlignment(
        anchor=anchor,
        target=target,
        publisher=publisher,
        serp=serp,
        anchor_vs_serp=by_anchor,
        target_vs_serp=by_target,
        publisher_vs_serp=by_publisher,
        overall=overall,
        confidence=_confidence(overall, serp_confidence),
    )


def _confidence(overall: Alignment, serp: Confidence) -> Confidence:
    if serp is Confidence.LOW or overall in {Alignment.OFF, Alignment.UNKNOWN}:
        return Confidence.LOW
    return Confidence.MEDIUM if overall is Alignment.PARTIAL else serp
