"""What a brief says in words: style, limits, what is added, and what could not be had."""

from bacowr.engine.brief.material import Material
from bacowr.engine.page.body import TEXT_CAP_CHARACTERS
from bacowr.engine.ports import Role, Source
from bacowr.engine.publisher.tone import Commerciality, ToneClass
from bacowr.engine.research.intent import Alignment

MAX_ADDS = 5


def style_notes(material: Material) -> tuple[str, ...]:
    """Describe how the publisher writes, in figures."""
    publisher = material.profiles.publisher
    tone = material.say(f"tone.{publisher.tone}")
    sign = publisher.tone_sign
    notes = [material.say("style.sign" if sign else "style.tone", tone=tone, sign=sign)]
    style = publisher.style
    if style is None:
        return tuple(notes)
    if style.lix_median is not None:
        notes.append(
            material.say(
                "style.lix",
                low=style.lix_low,
                high=style.lix_high,
                median=style.lix_median,
                articles=style.articles,
            )
        )
    if style.sentence_words is not None:
        notes.append(material.say("style.sentence", words=round(style.sentence_words)))
    notes.append(material.say("style.length", words=style.words_median))
    notes.append(
        material.say("style.density", headings=style.headings_per_1000, links=style.links_per_1000)
    )
    notes.append(material.say(f"style.{style.address}"))
    return tuple(notes)


def out_of_scope(material: Material) -> tuple[str, ...]:
    """List the angles that this publisher and this deal forbid (domain 3.7)."""
    publisher = material.profiles.publisher
    tone = material.say(f"tone.{publisher.tone}")
    notes = []
    if publisher.tone in {ToneClass.ACADEMIC, ToneClass.AUTHORITY_PUBLIC}:
        notes.append(material.say("scope.hard_sell", publisher=material.publisher, tone=tone))
    if publisher.commerciality is Commerciality.LOW:
        notes.append(material.say("scope.promotion", publisher=material.publisher))
    if material.intents.alignment.overall is Alignment.OFF:
        notes.append(material.say("scope.forced"))
    notes += [material.say(f"scope.{each}") for each in ("unsourced", "prices", "competitors")]
    return tuple(notes)


def adds(material: Material) -> tuple[str, ...]:
    """Say what the piece adds: topics of the target that the publisher's read pages lack."""
    target, publisher = material.profiles.target, material.fetched.publisher
    if target is None:
        return (material.say("adds.unknown", why=material.say("adds.no_target")),)
    if not publisher:
        why = material.say("adds.no_publisher", publisher=material.publisher)
        return (material.say("adds.unknown", why=why),)
    lacking = [each for each in target.topics if not material.pages_with(each, publisher)]
    if not lacking:
        return (material.say("adds.none", publisher=material.publisher),)
    return tuple(
        material.say("adds.topic", topic=each, total=len(publisher), publisher=material.publisher)
        for each in lacking[:MAX_ADDS]
    )


def missing(material: Material) -> tuple[str, ...]:
    """Say in words everything that could not be had."""
    fetched, profiles = material.fetched, material.profiles
    notes: list[str] = []
    if not fetched.target:
        notes.append(material.say("missing.target", reason=fault(material, fetched.ledger[0])))
    notes += _of_publisher(material)
    if not material.serp.findings.fetched:
        why = material.say(f"no_results.{material.serp.findings.reason}")
        notes += [material.say("missing.serp", reason=why), material.say("missing.intents")]
    if not fetched.trust:
        notes.append(material.say("missing.trust"))
    if not material.has_writer:
        notes.append(material.say("missing.writer"))
    if profiles.language_is_guess:
        notes.append(material.say("missing.language", language=profiles.language))
    return (*notes, *_pages(material))


def fault(material: Material, source: Source) -> str:
    """Say why an unusable page could not be used."""
    return material.say(f"fault.{source.fault}", status=source.status)


def _of_publisher(material: Material) -> list[str]:
    fetched, publisher = material.fetched, material.publisher
    if not fetched.publisher:
        return [material.say("missing.publisher", publisher=publisher)]
    lacking = [] if fetched.articles else ["missing.articles"]
    if not any(each.source.role is Role.ABOUT for each in fetched.front):
        lacking.append("missing.about")
    return [material.say(each, publisher=publisher) for each in lacking]


def _pages(material: Material) -> list[str]:
    unusable = [
        material.say("missing.page", url=each.url, reason=fault(material, each))
        for each in material.fetched.ledger[1:]
        if not each.usable and each.role is not Role.ABOUT
    ]
    cut = [
        material.say("missing.cut", url=each.url, characters=f"{TEXT_CAP_CHARACTERS:,}")
        for each in material.fetched.readings
        if each.text_cut
    ]
    return unusable + cut
