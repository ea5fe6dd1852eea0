"""Everything a brief is made from, and small questions asked of it."""

from dataclasses import dataclass
from functools import cached_property

from bacowr.engine.brief.wording import say, text_language
from bacowr.engine.order import Order
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import Origin
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.research.topics import whole_text
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import lowered


@dataclass(frozen=True)
class Material:
    """An order with what the steps found."""

    order: Order
    fetched: Fetched
    profiles: Profiles
    serp: Serp
    intents: Intents
    has_writer: bool

    @property
    def text_language(self) -> str:
        """Give the language that the brief is worded in."""
        return text_language(self.profiles.language)

    @property
    def publisher(self) -> str:
        """Name the publisher as people know it: by its domain."""
        return self.order.publisher_domain

    @property
    def demo(self) -> bool:
        """Tell whether any page is made up for the demo."""
        return any(each.origin is Origin.DEMO for each in self.fetched.ledger)

    @cached_property
    def stems_of(self) -> dict[str, frozenset[str]]:
        """Give the stems of each read page's words, by its address."""
        return {
            each.url: frozenset(map(stem, lowered(whole_text(each))))
            for each in self.fetched.readings
        }

    def say(self, key: str, /, **values: object) -> str:
        """Give a phrase in the brief's language."""
        return say(self.text_language, key, **values)

    def pages_with(self, topic: str, among: tuple[Reading, ...] | None = None) -> list[Reading]:
        """List the read pages on which all the words of a topic stand."""
        words = set(lowered(topic))
        wanted = set(map(stem, words - lexicon().stop or words))
        pages = self.fetched.readings if among is None else among
        return [each for each in pages if wanted <= self.stems_of[each.url]]
