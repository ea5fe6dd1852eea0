"""The outline: headings in the form of the publisher's tone, each with its reasons."""

from bacowr.engine.brief.material import Material
from bacowr.engine.brief.model import Section
from bacowr.engine.brief.subject import subject, topics
from bacowr.engine.publisher.tone import ToneClass

# Domain 3.3: the shape of each tone class; the last part gathers the sources.
SHAPES: dict[ToneClass, tuple[str, ...]] = {
    ToneClass.ACADEMIC: ("intro", "method", "implication", "resources"),
    ToneClass.AUTHORITY_PUBLIC: ("context", "recommendation", "how_to", "sources"),
    ToneClass.CONSUMER_MAGAZINE: ("hook", "core", "depth", "value", "resources"),
    ToneClass.HOBBY_BLOG: ("background", "case", "tips", "resources"),
    ToneClass.UNKNOWN: ("hook", "core", "depth", "value", "resources"),
}
CLOSING = {"resources", "sources"}

# Domain 3.9, profile long_form: 900 to 1,200 words.
ARTICLE_WORDS = 1050
CLOSING_WORDS = 100


def outline(material: Material) -> tuple[Section, ...]:
    """Lay out the sections, a topic to each but the last."""
    roles = SHAPES[material.profiles.publisher.tone]
    listed = topics(material)
    open_roles = [each for each in roles if each not in CLOSING]
    each_words = round((ARTICLE_WORDS - CLOSING_WORDS) / len(open_roles), -1)
    return tuple(
        _closing(material, role, place, len(roles))
        if role in CLOSING
        else _section(
            material, role, listed[place % len(listed)], (place, len(roles), int(each_words))
        )
        for place, role in enumerate(roles)
    )


def _section(material: Material, role: str, topic: str, measures: tuple[int, int, int]) -> Section:
    place, steps, words = measures
    pages = material.pages_with(topic)
    total = len(material.fetched.readings)
    heading = material.say(f"role.{role}", topic=topic)
    return Section(
        heading=heading[:1].upper() + heading[1:],
        role=role,
        topic=topic,
        reasons=(_of_role(material, place, steps), *_of_topic(material, topic, len(pages))),
        pages_with_topic=len(pages),
        pages_read=total,
        words=words,
    )


def _closing(material: Material, role: str, place: int, steps: int) -> Section:
    return Section(
        heading=material.say(f"role.{role}"),
        role=role,
        topic=subject(material),
        reasons=(_of_role(material, place, steps), material.say("reason.closing")),
        pages_with_topic=0,
        pages_read=len(material.fetched.readings),
        words=CLOSING_WORDS,
    )


def _of_role(material: Material, place: int, steps: int) -> str:
    tone = material.profiles.publisher.tone
    shape = ToneClass.CONSUMER_MAGAZINE if tone is ToneClass.UNKNOWN else tone
    return material.say(
        "reason.role", step=place + 1, steps=steps, tone=material.say(f"tone.{shape}")
    )


def _of_topic(material: Material, topic: str, count: int) -> list[str]:
    total = len(material.fetched.readings)
    key = "reason.mentioned" if count else "reason.not_mentioned"
    reasons = [material.say(key, count=count, total=total, topic=topic)]
    if topic in material.serp.findings.required_subtopics:
        reasons.append(material.say("reason.serp", topic=topic))
    publisher = material.fetched.publisher
    if publisher and count and not material.pages_with(topic, publisher):
        reasons.append(material.say("reason.new_to_publisher", publisher=material.publisher))
    return reasons
