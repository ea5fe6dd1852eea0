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


@dataclass(frozen=True)
class SearchResults:
    """One query's results, or the reason there are none; `hits` is None when not fetched."""

    query: Query
    hits: tuple[SearchHit, ...] | None
    reason: NoResults | None = None
    provider: str | None = None
    fetched_at: str | None = None


class Search(Protocol):
    """Asks a search service; never invents a result."""

    def results(self, query: Query) -> SearchResults:
        """Fetch the first ten results of one query."""
        ...


@dataclass(frozen=True)
class Prompt:
    """What a writer is asked: fixed instructions, and the material as quoted data."""

    system: str
    user: str
    max_output_tokens: int
    temperature: float = 0.7


@dataclass(frozen=True)
class Written:
    """What a writer gave back, with the tokens the provider reports."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int


class Writer(Protocol):
    """A language model that writes; without one the result is a brief."""

    def write(self, prompt: Prompt) -> Written:
        """Write one answer."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything a step may reach outside the engine."""

    fetch: Fetch
    search: Search
    clock: Callable[[], datetime]
    writer: Writer | None = field(default=None)
