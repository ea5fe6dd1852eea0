"""The short name of what the article is about, and the topics that can carry its sections."""

import re

from bacowr.engine.brief.material import Material
from bacowr.engine.page.entities import ranked, without_suffix
from bacowr.engine.research.topics import terms_of
from bacowr.engine.text.lexicon import hits

MAX_SUBJECT_WORDS = 9

_AFTER_COLON = re.compile(r"\s*[:?!].*$")


def subject(material: Material) -> str:
    """Name the subject: the target's short title, its first name or topic, else the anchor."""
    target = material.profiles.target
    if target is None:
        return material.order.anchor_text
    named = [without_suffix(target.title or ""), target.h1 or "", *target.entities, *target.topics]
    bare = (_AFTER_COLON.sub("", each).strip() for each in named)
    short = (each for each in bare if each and len(each.split()) <= MAX_SUBJECT_WORDS)
    return next(short, material.order.anchor_text)


def topics(material: Material) -> tuple[str, ...]:
    """List topics for the sections, the best supported first.

    What the search results share comes first, then what both target and publisher take up, then
    the target's other topics, then the publisher's words when the target could not be read.
    """
    target = material.profiles.target
    own = target.topics if target else ()
    publisher = material.fetched.publisher
    weighted = [(each, 8) for each in material.serp.findings.required_subtopics]
    weighted += [(each, _support(material, each)) for each in own]
    weighted += [(each, 1) for each in material.profiles.shared_terms]
    read = [material.fetched.target] if material.fetched.target else publisher
    weighted += [(each, 1) for each in terms_of(read, limit=10)]
    return ranked(weighted, limit=20) or (subject(material),)


def _support(material: Material, topic: str) -> int:
    """Weigh one of the target's topics: more when its own text and the publisher bear it out."""
    target, publisher = material.fetched.target, material.fetched.publisher
    mentions = len(hits(target.text, (topic,))) if target else 0
    return 2 + min(3, mentions) + 2 * bool(material.pages_with(topic, publisher))
