"""What the engine asks of the world outside: pages, search results, a writer and the time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """Why a page cannot be used."""

    ADDRESS = "address"
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    STATUS = "status"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    NOT_STORED = "not_stored"


class Role(StrEnum):
    """What a page was asked for."""

    TARGET = "target"
    HOME = "home"
    ABOUT = "about"
    ARTICLE = "article"
    TRUST = "trust"


class Origin(StrEnum):
    """Where a page was read."""

    WEB = "web"
    STORED = "stored"
    DEMO = "demo"


@dataclass(frozen=True)
class Source:
    """One line of the source ledger: an address that was asked for, and what came of it.

    `fetched_at` is a moment in UTC as ISO text; `sha256` is that of the body as received;
    `reason` says in words why an unusable page is unusable.
    """

    url: str
    final_url: str
    fetched_at: str
    status: int | None = None
    sha256: str | None = None
    fault: Fault | None = None
    reason: str | None = None
    origin: Origin = Origin.WEB
    redirects: tuple[str, ...] = ()
    role: Role | None = None

    @property
    def usable(self) -> bool:
        """Tell whether the page may be read and quoted."""
        return self.fault is None


@dataclass(frozen=True)
class Page:
    """A source and, when it is usable, its HTML."""

    source: Source
    html: str = ""
    robots_header: str | None = None


class Fetch(Protocol):
    """Reads pages; never raises for a page that cannot be had, but says why in the source."""

    def home_urls(self, domain: str) -> tuple[str, ...]:
        """List where a domain's front page may be, likeliest first."""
        ...

    def get(self, url: str) -> Page:
        """Read one page."""
        ...


@dataclass(frozen=True)
class Query:
    """One search: words, and the market it is meant for."""

    text: str
    language: str
    country: str


@dataclass(frozen=True)
class SearchHit:
    """One organic result of a search."""

    rank: int
    url: str
    title: str
    snippet: str = ""


class NoResults(StrEnum):
    """Why a search has no results."""

    NOT_CONNECTED = "not_connected"
    NOTHING_TO_ASK = "nothing_to_ask"
    PROVIDER_DOWN = "provider_down"
    KEY_REFUSED = "key_refused"
    LIMITED = "limited"


@dataclass(frozen=True)
class SearchResults:
    """One query's results, or the reason there are none; `hits` is None when not fetched.

    `provider` is None for results that a person brought; `message` says in one sentence, without
    any secret, why nothing was fetched.
    """

    query: Query
    hits: tuple[SearchHit, ...] | None
    reason: NoResults | None = None
    provider: str | None = None
    fetched_at: str | None = None
    message: str | None = None


class Search(Protocol):
    """Asks a search service; never invents a result."""

    def results(self, query: Query) -> SearchResults:
        """Fetch the first ten results of one query."""
        ...


class Purpose(StrEnum):
    """What a writer's call is for.

    One call of each purpose is made in a round of writing; a person may ask for any number of
    paragraphs.
    """

    OUTLINE = "outline"
    CONTENT = "content"
    POLISH = "polish"
    SINGLE = "single"
    FIX = "fix"
    PROBE = "probe"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True)
class Prompt:
    """What a writer is asked: fixed instructions, and the material as quoted data.

    `version` names the text of the prompt file that was used, so that a call can be traced to it.
    """

    purpose: Purpose
    version: str
    system: str
    user: str
    max_output_tokens: int
    temperature: float = 0.7


class Ending(StrEnum):
    """Why a writer stopped."""

    COMPLETE = "complete"
    CUT = "cut"
    REFUSED = "refused"


@dataclass(frozen=True)
class Written:
    """What a writer gave back, with the tokens the provider reports; None where it reports none."""

    text: str
    provider: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    ending: Ending = Ending.COMPLETE
    seconds: float = 0.0


class WriterFault(StrEnum):
    """Why a writer gave no answer."""

    KEY = "key"
    MONEY = "money"
    REFUSED = "refused"
    LIMITED = "limited"
    DOWN = "down"
    TIMEOUT = "timeout"
    CUT = "cut"
    GARBAGE = "garbage"
    ADDRESS = "address"


class WriterFailed(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """A writer gave no answer that can be used; `message` is one sentence without any secret.

    `may_cost` tells whether the provider may charge for the call although nothing came of it.
    """

    def __init__(self, fault: WriterFault, message: str, *, may_cost: bool = False) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message
        self.may_cost = may_cost


class Writer(Protocol):
    """A language model that writes; without one the result is a brief."""

    @property
    def provider(self) -> str:
        """Name who writes."""
        ...

    @property
    def model(self) -> str:
        """Name the model that writes."""
        ...

    def write(self, prompt: Prompt) -> Written:
        """Write one answer; raise WriterFailed when there is none."""
        ...


@dataclass(frozen=True)
class Neighbor:
    """Another article of the same batch, against which a new one must stand for itself."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Ports:
    """Everything a step may reach outside the engine.

    `writer` is the one that is to write the order at hand; `no_writer` says why there is none.
    `wish` is what a person asked for when sending the order back to be written anew.
    """

    fetch: Fetch
    search: Search
    clock: Callable[[], datetime]
    writer: Writer | None = field(default=None)
    no_writer: str | None = field(default=None)
    neighbors: tuple[Neighbor, ...] = ()
    wish: str | None = None
