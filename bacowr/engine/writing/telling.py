"""What a writer is told about an order: the rules in one text, the material as quoted data."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bacowr.engine.brief.model import Brief, Placement
from bacowr.engine.order import Order, WritingProfile
from bacowr.engine.publisher.style import Address
from bacowr.engine.publisher.tone import Commerciality, ToneClass
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.research.intent import Alignment, Intent
from bacowr.engine.writing import quoting
from bacowr.engine.writing.compliance import Notes
from bacowr.engine.writing.passages import Passage
from bacowr.engine.writing.prompting import has_prompt_file, prompt_file

LANGUAGES = {"sv": "Swedish", "en": "English", "da": "Danish", "nb": "Norwegian", "fi": "Finnish"}
MAX_QUESTIONS = 6
MAX_TITLES = 3
WISH_CHARACTERS = 2_000

_ADDRESS = {
    Address.DU: 'informally: "du"',
    Address.NI: 'formally or as several: "ni"',
    Address.NONE: "no habit could be measured; keep to one",
}
_NO_SELLING = (
    "- Hard selling: superlatives, urgency, appeals to buy, order, book or sign up.",
    "- A claim about effects that its source does not state in so many words.",
)
_NO_PROMOTION = "- Promotion of any firm or product, and calls to action."
_NO_FORCE = "- A forced connection between the publication's subject and the linked page's."
_ALWAYS = (
    "- Prices, offers, guarantees, delivery times and stock of any shop.",
    "- The names of firms that compete with the linked page.",
    "- Invented people, places, tests, studies, quotations or experience.",
)


@dataclass(frozen=True)
class Told:
    """Everything that the prompts of one order are made from.

    `asked_for` is what a person wished when the order was sent back to be written anew.
    """

    order: Order
    fetched: Fetched
    profiles: Profiles
    serp: Serp
    intents: Intents
    brief: Brief
    passages: tuple[Passage, ...]
    target: Passage | None
    compliance: Notes
    asked_for: str | None = None

    @cached_property
    def seal(self) -> str:
        """Give the mark of this order's data blocks."""
        listed = [*self.passages, *([self.target] if self.target else [])]
        texts = [text for each in listed for text in (each.title or "", *each.sentences)]
        return quoting.seal([self.order.target_url, self.order.publisher_domain, *texts])

    @property
    def language(self) -> str:
        """Give the article's language as its code."""
        return self.profiles.language

    @property
    def parts(self) -> tuple[str, ...]:
        """Name the files that the instructions are made of."""
        language = f"languages/{self.language}"
        return (
            "system",
            language if has_prompt_file(language) else "languages/other",
            f"voices/{self.profiles.publisher.tone}",
            f"profiles/{self.order.writing_profile}",
            f"bridges/{self.intents.bridge.type}",
        )

    @property
    def wish(self) -> Placement | None:
        """Give the brief's first place for the link."""
        return next(iter(self.brief.placements), None)


def system(told: Told) -> str:
    """Write the fixed instructions of every call for an order."""
    file, language, voice, profile, bridge = map(prompt_file, told.parts)
    style = told.profiles.publisher.style
    address = _ADDRESS[style.address if style else Address.NONE]
    return file.filled(
        {
            "publisher": told.order.publisher_domain,
            "anchor": quoting.neutral(told.order.anchor_text),
            "seal": told.seal,
            "forbidden": "\n".join(_forbidden(told)),
            "language": language.filled({"address": address, "code": told.language}),
            "voice": "\n".join((voice.filled({}), *_house_style(told))),
            "profile": profile.filled({}),
            "bridge": bridge.filled({}),
            "compliance": told.compliance.text,
        }
    )


def values(told: Told) -> dict[str, str]:
    """Give the values of the placeholders that every task has."""
    return {
        "assignment": _assignment(told),
        "material": _material(told),
        "language_name": language_name(told.language),
        "anchor": quoting.neutral(told.order.anchor_text),
        "seal": told.seal,
    }


def language_name(code: str) -> str:
    """Name a language in English; one without a guide of its own by its code."""
    return LANGUAGES.get(code, f'the language "{code}"')


def _assignment(told: Told) -> str:
    order = told.order
    rows = [
        f"- Publication: {order.publisher_domain}",
        f"- Language: {language_name(told.language)}",
        f"- Country of the readers: {order.country.upper()}",
        f'- Words that the program puts in the slot: "{quoting.neutral(order.anchor_text)}"',
        f"- What a reader seeks: {_intent(told)}",
        f"- Passages to take facts from: {', '.join(e.key for e in told.passages) or 'none'}",
    ]
    wish = told.wish
    if wish and order.writing_profile is WritingProfile.LONG_FORM:
        place = f"section {wish.section} of the headings below, paragraph {wish.paragraph}"
        rows.append(f"- Proposed place of the slot: {place}")
    if told.asked_for:
        wanted = quoting.neutral(told.asked_for, WISH_CHARACTERS)
        rows.append(f'- What the editor asks of this version, within all other rules: "{wanted}"')
    return "\n".join(rows)


def _intent(told: Told) -> Intent:
    """Give the intent behind the searches, else what the anchor promises."""
    searched = told.intents.alignment.serp
    return told.brief.anchor.intent if searched is Intent.UNKNOWN else searched


def _material(told: Told) -> str:
    blocks = [quoting.block("plan", _plan(told), told.seal)]
    for each in told.passages:
        tier = f", {each.tier}" if each.tier else ""
        head = f"Passage {each.key}{tier}: {each.title or 'without title'}"
        blocks.append(quoting.block(each.key, (head, *each.sentences), told.seal))
    if told.target:
        head = f"T, the page behind the slot: {told.target.title or 'without title'}"
        blocks.append(quoting.block("T", (head, *told.target.sentences), told.seal))
    return "\n\n".join(blocks)


def _plan(told: Told) -> Iterator[str]:
    """List what the brief proposes; all of it comes from pages, so it is data too."""
    brief = told.brief
    yield f"Subject: {brief.subject}"
    for title in brief.titles[:MAX_TITLES]:
        yield f"Title in the publication's manner: {title.text}"
    for place, each in enumerate(brief.outline, start=1):
        yield f"Heading {place}: {each.heading} (topic: {each.topic}; about {each.words} words)"
    for topic in told.serp.findings.required_subtopics:
        yield f"Required subtopic: {topic}"
    for question in brief.questions[:MAX_QUESTIONS]:
        yield f"A reader's question: {question.text}"
    if told.wish and told.wish.terms:
        yield f"Related words for the sentences around the slot: {', '.join(told.wish.terms)}"
    shared = (*told.intents.bridge.shared_topics, *told.intents.bridge.shared_terms)
    if shared:
        yield f"What publication and linked page have in common: {', '.join(shared)}"


def _forbidden(told: Told) -> Iterator[str]:
    """List the angles that this publisher and this pair forbid (domain 3.7)."""
    publisher = told.profiles.publisher
    if publisher.tone in {ToneClass.ACADEMIC, ToneClass.AUTHORITY_PUBLIC}:
        yield from _NO_SELLING
    if publisher.commerciality is Commerciality.LOW:
        yield _NO_PROMOTION
    if told.intents.alignment.overall is Alignment.OFF:
        yield _NO_FORCE
    yield from _ALWAYS


def _house_style(told: Told) -> Iterator[str]:
    """Say the publication's measured habits, in figures."""
    style = told.profiles.publisher.style
    if style is None:
        return
    yield ""
    yield f"Measured on {style.articles} of its articles:"
    if style.sentence_words is not None:
        yield f"- {style.sentence_words:.0f} words a sentence."
    if style.lix_low is not None and style.lix_high is not None:
        yield f"- LIX between {style.lix_low:.0f} and {style.lix_high:.0f}."
    yield f"- {style.headings_per_1000:.0f} headings in a thousand words."
    shapes = ", ".join(f"{each.shape} ({each.count})" for each in style.title_patterns)
    if shapes:
        yield f"- Titles by their form: {shapes}."
