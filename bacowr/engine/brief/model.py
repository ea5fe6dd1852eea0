"""What a brief and a skeleton are made of."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.ports import Source
from bacowr.engine.publisher.style import HouseStyle, TitleShape
from bacowr.engine.research.anchors import Alternative, Anchor
from bacowr.engine.research.bridge import Bridge
from bacowr.engine.research.intent import IntentAlignment
from bacowr.engine.research.queries import QueryPlan
from bacowr.engine.research.trust import TrustCandidate


class DocumentKind(StrEnum):
    """What a document is, and so who wrote it (domain 4)."""

    BRIEF = "brief"
    SKELETON = "skeleton"
    AI_DRAFT = "ai_draft"
    HUMAN_TEXT = "human_text"


@dataclass(frozen=True)
class TitleOption:
    """A title in a form that the publisher uses."""

    text: str
    shape: TitleShape
    reason: str


@dataclass(frozen=True)
class Section:
    """One heading of the outline, why it is there, and on how many read pages its topic stands."""

    heading: str
    role: str
    topic: str
    reasons: tuple[str, ...]
    pages_with_topic: int
    pages_read: int
    words: int


@dataclass(frozen=True)
class Placement:
    """One place for the link; `section` counts the outline from 1."""

    rank: int
    section: int
    heading: str
    paragraph: int
    sentences_before: int
    terms: tuple[str, ...]
    reason: str
    context: str
    anchor: Anchor
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Quote:
    """A sentence as it stands on a page: `page_text[start:end]`."""

    text: str
    url: str
    title: str | None
    start: int
    end: int
    fetched_at: str


@dataclass(frozen=True)
class SourceShare:
    """How much of one page's text is quoted, 0 to 1."""

    url: str
    share: float


class FactKind(StrEnum):
    """What a fact states."""

    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True)
class Fact:
    """A number or date with the sentence it stands in: `page_text[start:end]`."""

    value: str
    kind: FactKind
    sentence: str
    url: str
    start: int
    end: int
    fetched_at: str


@dataclass(frozen=True)
class Name:
    """A name that pages mention, how often, and the page that mentions it first."""

    text: str
    count: int
    url: str


@dataclass(frozen=True)
class Question:
    """A question that the article may answer; `url` is None for a mere question form."""

    text: str
    url: str | None
    reason: str


@dataclass(frozen=True)
class Brief:
    """A researched brief: never an article, and nothing in it is made up."""

    kind: DocumentKind
    label: dict[str, str]
    banner: dict[str, str]
    demo: bool
    text_language: str
    language: str
    language_is_guess: bool
    publisher: str
    target_url: str
    anchor: Anchor
    subject: str
    titles: tuple[TitleOption, ...]
    outline: tuple[Section, ...]
    placements: tuple[Placement, ...]
    anchor_notes: tuple[str, ...]
    quotes: tuple[Quote, ...]
    quoted_shares: tuple[SourceShare, ...]
    copied_share: float
    facts: tuple[Fact, ...]
    names: tuple[Name, ...]
    questions: tuple[Question, ...]
    trust: tuple[TrustCandidate, ...]
    house_style: HouseStyle | None
    style_notes: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    adds: tuple[str, ...]
    alignment: IntentAlignment
    bridge: Bridge
    queries: QueryPlan
    missing: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class SkeletonSection:
    """A heading, what to write under it, and the empty paragraphs to write it in."""

    heading: str
    level: int
    words: int
    prompts: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Skeleton:
    """The frame of an article that a person is to write."""

    kind: DocumentKind
    label: dict[str, str]
    banner: dict[str, str]
    demo: bool
    text_language: str
    language: str
    title: str
    sections: tuple[SkeletonSection, ...]
