"""What the steps find out about an order; the later steps and the brief read it."""

from dataclasses import dataclass

from bacowr.engine.outcome import Block
from bacowr.engine.page.profile import PageProfile
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import Source
from bacowr.engine.publisher.profile import PublisherProfile
from bacowr.engine.research.anchors import Alternative, Anchor
from bacowr.engine.research.bridge import Bridge
from bacowr.engine.research.intent import IntentAlignment
from bacowr.engine.research.queries import QueryPlan
from bacowr.engine.research.serp import SerpFindings
from bacowr.engine.research.topics import Topics


@dataclass(frozen=True)
class Fetched:
    """Every page that was asked for (`ledger`), and what was read on the usable ones."""

    target: Reading | None
    front: tuple[Reading, ...]
    articles: tuple[Reading, ...]
    trust: tuple[Reading, ...]
    ledger: tuple[Source, ...]
    blocked: Block | None

    @property
    def publisher(self) -> tuple[Reading, ...]:
        """List all pages read on the publisher's site."""
        return (*self.front, *self.articles)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """List all pages read, the target first."""
        return ((self.target,) if self.target else ()) + self.publisher + self.trust


@dataclass(frozen=True)
class Profiles:
    """Who is joined by the link, and in what language.

    The article's language is the order's, else the publisher's, else a guess shown as one.
    """

    target: PageProfile | None
    target_topics: Topics
    publisher: PublisherProfile
    anchor: Anchor
    alternatives: tuple[Alternative, ...]
    shared_terms: tuple[str, ...]
    language: str
    language_is_guess: bool


@dataclass(frozen=True)
class Serp:
    """The planned searches, and what their results say."""

    plan: QueryPlan
    findings: SerpFindings


@dataclass(frozen=True)
class Intents:
    """How the sides align, and the recommended bridge."""

    alignment: IntentAlignment
    bridge: Bridge
    blocked: Block | None
