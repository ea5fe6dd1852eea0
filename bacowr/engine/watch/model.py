"""What was agreed about a link, what was seen of its page, and what is to be said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bacowr.engine.ports import Fault
from bacowr.engine.terms import Rel, Terms
from bacowr.engine.watch.verdicts import Verdict, worst


@dataclass(frozen=True)
class Agreed:
    """The terms a page is held to; `signed_text` is the article as it was signed, in Markdown."""

    page_url: str
    target_url: str
    anchor_text: str
    terms: Terms
    ad_label: str | None = None
    language: str | None = None
    expires_on: date | None = None
    signed_text: str | None = None

    @property
    def rel(self) -> Rel:
        """Give the rel to find: as agreed, else as policy demands of advertising, else unknown."""
        if self.terms.agreed_rel is Rel.UNKNOWN and not self.terms.is_advertising:
            return Rel.UNKNOWN
        return self.terms.rel


@dataclass(frozen=True)
class Seen:
    """What came of fetching a page: an answer with a status, or a fault that says why not.

    Names of headers are in lower case.
    """

    url: str
    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirects: tuple[str, ...] = ()
    fault: Fault | None = None
    reason: str | None = None


@dataclass(frozen=True)
class TargetSeen:
    """What the target page's server answered; neither status nor fault: it was not asked."""

    status: int | None = None
    fault: Fault | None = None
    reason: str | None = None


@dataclass(frozen=True)
class FoundLink:
    """A link on the page that has to do with the agreed one; `hidden_by` says what hides it."""

    href: str
    anchor: str
    rel: tuple[str, ...]
    hidden_by: str | None = None


@dataclass(frozen=True)
class Robots:
    """What a page asks of search engines, and where it says so."""

    meta: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One verdict, why, and what it rests on."""

    verdict: Verdict
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgment:
    """All that one look at a page has shown."""

    findings: tuple[Finding, ...]
    links: tuple[FoundLink, ...] = ()
    robots: Robots = field(default_factory=Robots)
    canonical: str | None = None
    label: str | None = None
    containment: float | None = None

    @property
    def worst(self) -> Finding:
        """Give the finding that matters most."""
        gravest = worst(self.verdicts)
        return next(each for each in self.findings if each.verdict is gravest)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """List all verdicts."""
        return tuple(each.verdict for each in self.findings)
