"""The short name of what the article is about, and the topics that can carry its sections."""

from bacowr.engine.brief.material import Material
from bacowr.engine.page.entities import ranked
from bacowr.engine.research.topics import terms_of
from bacowr.engine.text.lexicon import hits


def subject(material: Material) -> str:
    """Name the subject: the target's, else the anchor."""
    target = material.profiles.target
    return (target and target.subject) or material.order.anchor_text


def topics(material: Material) -> tuple[str, ...]:
    """List topics for the sections, the best supported first.

    The subject itself comes first, then what the search results share, then what both target and
    publisher take up, then the target's other topics; the publisher's words stand in when the
    target could not be read.
    """
    target = material.profiles.target
    own = target.topics if target else ()
    publisher = material.fetched.publisher
    weighted = [(subject(material), 100)]
    weighted += [(each, 8) for each in material.serp.findings.required_subtopics]
    weighted += [(each, _support(material, each)) for each in own]
    weighted += [(each, 1) for each in material.profiles.shared_terms]
    read = [material.fetched.target] if material.fetched.target else publisher
    weighted += [(each, 1) for each in terms_of(read, limit=10)]
    return ranked(weighted, limit=20)


def _support(material: Material, topic: str) -> int:
    """Weigh one of the target's topics: more when its own text and the publisher bear it out."""
    target, publisher = material.fetched.target, material.fetched.publisher
    mentions = len(hits(target.text, (topic,))) if target else 0
    return 2 + min(3, mentions) + 2 * bool(material.pages_with(topic, publisher))
