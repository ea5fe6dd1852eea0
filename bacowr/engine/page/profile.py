"""What a page is about, offers and wants (domain 3.3)."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.page import entities
from bacowr.engine.page.reading import Reading
from bacowr.engine.text.lexicon import Lexicon, hits, lexicon
from bacowr.engine.text.sentences import sentences

MAX_CANDIDATES = 5
MAX_HEADINGS = 5
EXCERPT_CHARACTERS = 500
OFFER_MIN_CHARACTERS = 20
OFFER_CUT = 200
SIGNAL_MENTIONS = 2
WORDS_PER_SIGNAL = 300


class ContentType(StrEnum):
    """What kind of page it is."""

    PRODUCT = "product"
    ARTICLE = "article"
    COMPARISON = "comparison"
    GUIDE = "guide"
    TOOL = "tool"
    CATEGORY = "category"
    SERVICE = "service"


@dataclass(frozen=True)
class PageProfile:
    """One page as the later steps see it."""

    url: str
    title: str | None
    description: str | None
    h1: str | None
    subject: str | None
    h2: tuple[str, ...]
    h3: tuple[str, ...]
    canonical: str | None
    robots: tuple[str, ...]
    structured_types: tuple[str, ...]
    og_type: str | None
    site_name: str | None
    organization: str | None
    language: str | None
    language_declared: str | None
    language_identified: str | None
    word_count: int
    link_count: int
    image_count: int
    excerpt: str
    sha256: str | None
    entities: tuple[str, ...]
    topics: tuple[str, ...]
    core_offer: str | None
    signals: dict[str, tuple[str, ...]]
    has_price: bool
    content_type: ContentType
    content_type_reason: str
    candidate_queries: tuple[str, ...]


def profile(reading: Reading) -> PageProfile:
    """Profile one page."""
    terms = lexicon(reading.language)
    h1s = reading.headings_of(1)
    names = entities.entities(reading.title, h1s, terms)
    subjects = entities.topics(
        reading.headings_of(2), reading.headings_of(3), reading.keywords, terms
    )
    signals = commercial_signals(reading)
    kind, reason = content_type(reading, signals)
    return PageProfile(
        url=reading.url,
        title=reading.title,
        description=reading.description,
        h1=next(iter(h1s), None),
        subject=entities.subject(reading.title, h1s, reading.text, terms),
        h2=reading.headings_of(2)[:MAX_HEADINGS],
        h3=reading.headings_of(3)[:MAX_HEADINGS],
        canonical=reading.canonical,
        robots=tuple(each for each in (reading.robots_meta, reading.robots_header) if each),
        structured_types=reading.structured_types,
        og_type=reading.og_type,
        site_name=reading.site_name,
        organization=reading.organization,
        language=reading.language,
        language_declared=reading.html_language,
        language_identified=reading.text_language,
        word_count=reading.word_count,
        link_count=reading.link_count,
        image_count=reading.image_count,
        excerpt=reading.text[:EXCERPT_CHARACTERS],
        sha256=reading.source.sha256,
        entities=names,
        topics=subjects,
        core_offer=core_offer(reading),
        signals=signals,
        has_price=reading.has_price,
        content_type=kind,
        content_type_reason=reason,
        candidate_queries=candidate_queries(reading, names, subjects, terms),
    )


def core_offer(reading: Reading) -> str | None:
    """Say what the page offers: its description, else the first sentence of its body."""
    if reading.description and len(reading.description) > OFFER_MIN_CHARACTERS:
        return reading.description[:OFFER_CUT]
    ended = (each.text for each in sentences(reading.text) if each.text[-1] in ".!?")
    return next(ended, None)


def commercial_signals(reading: Reading) -> dict[str, tuple[str, ...]]:
    """List, for each kind of commercial signal, the words that show it.

    A single word in a long text is no signal: outside title, description and headings a kind must
    show at least twice, and once in 300 words (Default).
    """
    headings = (each.text for each in reading.headings)
    shown = "\n".join((reading.title or "", reading.description or "", *headings))
    needed = max(SIGNAL_MENTIONS, reading.word_count / WORDS_PER_SIGNAL)
    found: dict[str, tuple[str, ...]] = {}
    for name, terms in lexicon().group("signals").items():
        prominent, running = hits(shown, terms), hits(reading.text, terms)
        if prominent or len(running) >= needed:
            found[name] = tuple(dict.fromkeys((*prominent, *running)))
    return found


def content_type(reading: Reading, signals: dict[str, tuple[str, ...]]) -> tuple[ContentType, str]:
    """Tell what kind of page it is, and by what sign; the first sign wins (domain 3.3)."""
    for schema, kind in (("Product", ContentType.PRODUCT), ("Article", ContentType.ARTICLE)):
        if any(each == schema or each.endswith(schema) for each in reading.structured_types):
            return kind, f"schema.org {schema}"
    lists = lexicon().group("content")
    for kind in (
        ContentType.COMPARISON,
        ContentType.GUIDE,
        ContentType.TOOL,
        ContentType.CATEGORY,
    ):
        shown = hits(entities.without_suffix(reading.title or ""), lists[kind.value])
        if shown:
            return kind, f"title: {shown[0]}"
    headings = "\n".join(each.text for each in reading.headings)
    if shown := hits(headings, lists["shipping"]):
        return ContentType.PRODUCT, f"heading: {shown[0]}"
    for name in ("price", "purchase", "features"):
        if name in signals:
            return ContentType.SERVICE, f"{name}: {signals[name][0]}"
    return ContentType.ARTICLE, "no other sign"


def candidate_queries(
    reading: Reading, names: tuple[str, ...], subjects: tuple[str, ...], terms: Lexicon
) -> tuple[str, ...]:
    """List searches that the page could answer: title, h1, then names with topics."""
    candidates = [entities.without_suffix(reading.title or ""), *reading.headings_of(1)[:1]]
    candidates += [
        f"{name} {subject}"
        for name in names
        for subject in subjects
        if not set(entities.content_words(name, terms)) & set(subject.split())
    ]
    unique: dict[str, str] = {}
    for each in candidates:
        if each:
            unique.setdefault(each.casefold(), each)
    return tuple(unique.values())[:MAX_CANDIDATES]
