"""Three places for the link, each with the words that should stand around it (domain 3.7, 3.9)."""

from bacowr.engine.brief.material import Material
from bacowr.engine.brief.model import Placement, Section
from bacowr.engine.brief.parts.outline import CLOSING
from bacowr.engine.page.entities import content_words
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.research.topics import terms_of
from bacowr.engine.text.lexicon import lexicon

SENTENCES_BEFORE = 2
MAX_TERMS = 8
WANTED = 3

# The first section and paragraph that may carry the link: never in the opening section, and with
# a pivot or a frame only when that stands.
_FIRST = {BridgeType.STRONG: (1, 1), BridgeType.PIVOT: (1, 2), BridgeType.WRAPPER: (2, 1)}


def placements(material: Material, outline: tuple[Section, ...]) -> tuple[Placement, ...]:
    """Rank three places: the bridge's own, one section later, and near the end of the main part.

    The link never stands in the opening or closing section; a short outline offers a section's
    first and second paragraph.
    """
    bridge = material.intents.bridge.type
    usable = [place for place, each in enumerate(outline) if each.role not in CLOSING]
    first, paragraph = _FIRST[bridge]
    first = min(first, len(usable) - 1)
    later = usable[first + 1 :]
    spots = [
        (usable[first], paragraph),
        *((place, 1) for place in later),
        *((place, 2) for place in (*later, usable[first])),
        (usable[first], 3 - paragraph),
    ]
    spots = list(dict.fromkeys(spots))[:WANTED]
    reasons = (f"placement.{bridge}", "placement.second", "placement.third")
    return tuple(
        _placement(material, outline, rank, (spot, material.say(reason)))
        for rank, (spot, reason) in enumerate(zip(spots, reasons, strict=True), start=1)
    )


def _placement(
    material: Material,
    outline: tuple[Section, ...],
    rank: int,
    chosen: tuple[tuple[int, int], str],
) -> Placement:
    (place, paragraph), reason = chosen
    section = outline[place]
    terms = _terms(material, section.topic)
    key = "placement.context" if terms else "placement.context_without_terms"
    context = material.say(
        key,
        paragraph=paragraph,
        sentences=SENTENCES_BEFORE,
        topic=section.topic,
        terms=", ".join(terms),
    )
    return Placement(
        rank=rank,
        section=place + 1,
        heading=section.heading,
        paragraph=paragraph,
        sentences_before=SENTENCES_BEFORE,
        terms=terms,
        reason=reason,
        context=context,
        anchor=material.profiles.anchor,
        alternatives=material.profiles.alternatives,
    )


def _terms(material: Material, topic: str) -> tuple[str, ...]:
    """List related words for the sentences around the link; never the anchor's own."""
    own = set(content_words(material.order.anchor_text, lexicon()))
    target = material.fetched.target
    listed = [
        *content_words(topic, lexicon()),
        *material.profiles.shared_terms,
        *(terms_of([target]) if target else ()),
    ]
    return tuple(each for each in dict.fromkeys(listed) if each not in own)[:MAX_TERMS]
