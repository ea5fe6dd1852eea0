"""What a policy pack is: the dated rules of one country and one regulated area (domain 3.12)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bacowr.engine.checks.model import QcStatus
from bacowr.engine.order import Vertical
from bacowr.engine.research.trust import Tier

# After so many days a pack is to be looked up again at its source (domain 3.12).
CHECK_AGAIN_AFTER = timedelta(days=180)

# Phrases by language; see `matching` for how a phrase is written.
Phrases = dict[str, tuple[str, ...]]


class Position(StrEnum):
    """Where a required statement has to stand."""

    ANYWHERE = "anywhere"
    BEFORE_LINK = "before_link"


@dataclass(frozen=True)
class Triggers:
    """What shows that a text belongs to the area.

    One `strong` sign is enough, of the `weak` it takes two; `types` are schema.org types of the
    target, `topics` those of the publisher's profile.
    """

    strong: Phrases = field(default_factory=dict)
    weak: Phrases = field(default_factory=dict)
    types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Required:
    """Something the text must say.

    `signs` tell by language how it may be worded; `statement` is the prescribed wording that a
    repair may insert. `link` is an address that must be linked as well. With `when`, it is only
    required of a text in which one of those phrases stands.
    """

    code: str
    name: str
    signs: Phrases
    statement: dict[str, str] = field(default_factory=dict)
    position: Position = Position.ANYWHERE
    link: str | None = None
    when: Phrases = field(default_factory=dict)


@dataclass(frozen=True)
class Banned:
    """Something the text must not say; `status` is what the article becomes by it."""

    code: str
    name: str
    phrases: Phrases
    status: QcStatus = QcStatus.NEEDS_SIGNOFF


@dataclass(frozen=True)
class Manual:
    """Something no program can see in the text, so that a person must look."""

    code: str
    message: str


@dataclass(frozen=True)
class SourceCount:
    """How many cited sites of the named tiers are enough."""

    tiers: tuple[Tier, ...]
    least: int


@dataclass(frozen=True)
class MinSources:
    """The sources a text must cite: one of several ways; `status` follows when none is met."""

    any_of: tuple[SourceCount, ...] = ()
    status: QcStatus = QcStatus.NEEDS_SIGNOFF


@dataclass(frozen=True, kw_only=True)
class Dated:
    """Values that were written down on a day, and are to be looked up again half a year later.

    Only with `verified` did somebody read them at their source.
    """

    checked_on: date
    verified: bool = False

    def is_stale(self, on: date) -> bool:
        """Tell whether they are to be looked up again."""
        return on > self.checked_on + CHECK_AGAIN_AFTER

    @property
    def standing(self) -> str:
        """Say how far they can be relied on."""
        if self.verified:
            return f"checked at the source on {self.checked_on}"
        return f"not verified at the source (written down on {self.checked_on})"


@dataclass(frozen=True)
class Pack(Dated):
    """The rules of one country and area.

    `country` None means every country, `vertical` None every text. A text that
    `exempt` speaks of, without any strong sign beside it, is left out. `commercial_share` is the
    largest share of commercial paragraphs; `calls` are the phrases that make one commercial.
    `negations` ahead of a banned phrase, or `negations_behind` it, turn it into its opposite. With
    a `license_statement` the holder of a license must be named, in those words.
    """

    id: str
    languages: tuple[str, ...]
    version: str
    valid_from: date
    source_name: str
    source_url: str
    country: str | None = None
    vertical: Vertical | None = None
    valid_to: date | None = None
    triggers: Triggers = field(default_factory=Triggers)
    exempt: Phrases = field(default_factory=dict)
    required: tuple[Required, ...] = ()
    banned: tuple[Banned, ...] = ()
    manual: tuple[Manual, ...] = ()
    min_sources: MinSources | None = None
    commercial_share: float | None = None
    calls: Phrases = field(default_factory=dict)
    negations: Phrases = field(default_factory=dict)
    negations_behind: Phrases = field(default_factory=dict)
    license_statement: dict[str, str] = field(default_factory=dict)

    def is_in_force(self, on: date) -> bool:
        """Tell whether the pack holds on a day, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Holder:
    """A company with a license, and the sites that it covers."""

    name: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class LicenseList(Dated):
    """Who holds a license in one country and area, as an operator entered it."""

    country: str
    vertical: Vertical
    source_name: str
    source_url: str
    holders: tuple[Holder, ...] = ()

    def holder_of(self, domain: str) -> Holder | None:
        """Find the holder whose license covers a registrable domain."""
        return next((each for each in self.holders if domain in each.domains), None)


@dataclass(frozen=True)
class Packs:
    """All rules at hand."""

    packs: tuple[Pack, ...]
    licenses: tuple[LicenseList, ...] = ()

    def license_list(self, pack: Pack) -> LicenseList | None:
        """Find the license list for a pack's country and area."""
        wanted = (pack.country, pack.vertical)
        return next((e for e in self.licenses if (e.country, e.vertical) == wanted), None)
