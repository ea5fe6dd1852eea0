"""The order for one article, and the one place where its fields are checked.

A form, a JSON body, a CSV row and a command all come through `parse_order` (domain 3.2).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bacowr.base.addresses import AddressRefused
from bacowr.base.errors import Invalid
from bacowr.base.http import Outgoing
from bacowr.engine import markets, urls
from bacowr.engine.terms import DealType, Rel, Terms

PUBLISHER_LENGTH = (3, 255)
TARGET_LENGTH = (10, 2048)
ANCHOR_LENGTH = (1, 500)
REASON_LENGTH = 500
ADVERTISER_LENGTH = 120

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}


class LlmProvider(StrEnum):
    """Who is to write; `auto` leaves the choice to the configured keys."""

    AUTO = "auto"
    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    GOOGLE = "google"
    COMPATIBLE = "compatible"


class WritingStrategy(StrEnum):
    """In how many calls a text is written."""

    MULTI_STAGE = "multi_stage"
    SINGLE_SHOT = "single_shot"


class WritingProfile(StrEnum):
    """The rule set for an article's length and structure (domain 3.9)."""

    LONG_FORM = "long_form"
    FLOW = "flow"


class AnchorType(StrEnum):
    """How an anchor relates to its target (domain 2)."""

    EXACT = "exact"
    PARTIAL = "partial"
    BRAND = "brand"
    GENERIC = "generic"
    NAKED = "naked"


class Vertical(StrEnum):
    """A regulated area (domain 2); `none` is a person's word that there is none."""

    GAMBLING = "gambling"
    CREDIT = "credit"
    FINANCE = "finance"
    HEALTH = "health"
    MEDICAL = "medical"
    LEGAL = "legal"
    CRYPTO = "crypto"
    NONE = "none"


@dataclass(frozen=True)
class Order:
    """What a person asks for: a publisher, a target, an anchor, and the terms.

    `language` is None when the article is to follow the publisher's language; `anchor_type` is a
    person's own word on the anchor, which beats the classification. `anchor_is_fixed` keeps every
    repair away from the anchor; `allow_fallback` lets another provider write when the named one
    can't; `vertical` is a person's own word on the regulated area, and `none` says there is none.
    `brief_only` asks for no article, so that nothing is spent.
    """

    publisher_domain: str
    target_url: str
    anchor_text: str
    language: str | None = None
    country: str = "se"
    llm_provider: LlmProvider = LlmProvider.AUTO
    writing_strategy: WritingStrategy = WritingStrategy.MULTI_STAGE
    anchor_type: AnchorType | None = None
    writing_profile: WritingProfile = WritingProfile.LONG_FORM
    deal_type: DealType = DealType.UNKNOWN
    agreed_rel: Rel = Rel.UNKNOWN
    rel_reason: str | None = None
    advertiser: str | None = None
    anchor_is_fixed: bool = False
    vertical: Vertical | None = None
    allow_fallback: bool = False
    brief_only: bool = False
    use_ahrefs: bool = True
    enable_llm_profiling: bool = True

    @property
    def terms(self) -> Terms:
        """Give the terms of the deal."""
        return Terms(self.deal_type, self.agreed_rel, self.rel_reason, self.advertiser)


def parse_order(fields: Mapping[str, object], *, outgoing: Outgoing) -> Order:
    """Check and tidy the fields of an order; unknown fields are left alone.

    Raise Invalid carrying every fault of every field at once. Looks host names up, so that an
    address inside the house is refused here already; one that cannot be found is left to the
    fetch, which says so in the brief.
    """
    readers: dict[str, Callable[[object], object]] = {
        "publisher_domain": lambda value: _publisher(value, outgoing),
        "target_url": lambda value: _target(value, outgoing),
        "anchor_text": _anchor,
        "language": _language,
        "country": _country,
        "llm_provider": lambda value: _choice(LlmProvider, value, LlmProvider.AUTO),
        "writing_strategy": lambda value: _choice(
            WritingStrategy, value, WritingStrategy.MULTI_STAGE
        ),
        "anchor_type": lambda value: _choice(AnchorType, value, None),
        "writing_profile": lambda value: _choice(WritingProfile, value, WritingProfile.LONG_FORM),
        "deal_type": lambda value: _choice(DealType, value, DealType.UNKNOWN),
        "agreed_rel": lambda value: _choice(Rel, value, Rel.UNKNOWN),
        "rel_reason": lambda value: _note(value, REASON_LENGTH),
        "advertiser": lambda value: _note(value, ADVERTISER_LENGTH),
        "anchor_is_fixed": lambda value: _flag(value, default=False),
        "vertical": lambda value: _choice(Vertical, value, None),
        "allow_fallback": lambda value: _flag(value, default=False),
        "brief_only": lambda value: _flag(value, default=False),
        "use_ahrefs": _flag,
        "enable_llm_profiling": _flag,
    }
    faults: dict[str, list[str]] = {}
    values: dict[str, object] = {}
    for name, read in readers.items():
        try:
            values[name] = read(fields.get(name))
        except _Faulty as faulty:
            faults[name] = faulty.messages
    if faults:
        raise Invalid("The order has faults.", fields=faults)
    order = Order(**values)  # type: ignore[arg-type]  # Each reader gives its field's type.
    if order.terms.is_follow_unexplained:
        text = "A followed link that was given something for needs a written reason."
        raise Invalid("The order has faults.", fields={"rel_reason": [text]})
    return order


class _Faulty(Exception):  # noqa: N818 - carries messages, is caught above.
    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = list(messages)


def _text(value: object, *, required: bool = True) -> str:
    if value is None or value == "":
        if required:
            raise _Faulty("This field is required.")
        return ""
    if not isinstance(value, str):
        raise _Faulty("This must be text.")
    text = value.strip()
    if required and not text:
        raise _Faulty("This field is required.")
    return text


def _sized(text: str, length: tuple[int, int]) -> str:
    least, most = length
    if not least <= len(text) <= most:
        raise _Faulty(f"This must be {least:,} to {most:,} characters long; it is {len(text):,}.")
    return text


def _publisher(value: object, outgoing: Outgoing) -> str:
    text = _sized(_text(value), PUBLISHER_LENGTH)
    faults = [
        message
        for found, message in (
            ("://" in text, "Give the domain without http:// or https://."),
            (
                "/" in text.partition("://")[2] or "/" in text.partition("://")[0],
                "Give the domain without a path.",
            ),
            (":" in text.replace("://", ""), "Give the domain without a port."),
            (bool(re.search(r"\s", text)), "A domain has no spaces."),
        )
        if found
    ]
    if faults:
        raise _Faulty(*faults)
    try:
        domain = urls.a_label(text).removeprefix("www.")
    except ValueError as error:
        raise _Faulty("This is not a valid domain name.") from error
    _sized(domain, PUBLISHER_LENGTH)
    return _known_or_public(domain, outgoing)


def _known_or_public(domain: str, outgoing: Outgoing) -> str:
    home = outgoing.home_urls(domain)[0]
    try:
        outgoing.check_address(home)
    except AddressRefused as refused:
        raise _Faulty(str(refused)) from refused
    labels = domain.split(".")
    named_for_tests = any(each.rpartition(":")[0] == domain for each in outgoing.allow_hosts)
    if named_for_tests:
        return domain
    if len(labels) == 1 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise _Faulty("This is not a valid domain name, like example.com.")
    return domain


def _target(value: object, outgoing: Outgoing) -> str:
    text = _sized(_text(value), TARGET_LENGTH)
    try:
        url = urls.normalize(text)
        outgoing.check_address(url)
    except AddressRefused as refused:
        raise _Faulty(str(refused)) from refused
    except ValueError as error:
        raise _Faulty("This is not a valid web address.") from error
    return _sized(url, TARGET_LENGTH)


def _anchor(value: object) -> str:
    text = " ".join(_text(value).split())
    if _CONTROL.search(text):
        raise _Faulty("The anchor text holds control characters.")
    return _sized(text, ANCHOR_LENGTH)


def _language(value: object) -> str | None:
    text = _text(value, required=False).lower()
    if text and text not in markets.LANGUAGES:
        raise _Faulty("Give a two-letter language code, like sv or en.")
    return text or None


def _country(value: object) -> str:
    text = _text(value, required=False).lower() or "se"
    if text not in markets.COUNTRIES:
        raise _Faulty("Give a two-letter country code, like se or gb.")
    return text


def _choice(choices: type[StrEnum], value: object, default: StrEnum | None) -> StrEnum | None:
    text = _text(value, required=False).lower()
    if not text:
        return default
    try:
        return choices(text)
    except ValueError as error:
        raise _Faulty(f"Choose one of {', '.join(choices)}.") from error


def _note(value: object, most: int) -> str | None:
    text = " ".join(_text(value, required=False).split())
    if _CONTROL.search(text):
        raise _Faulty("This holds control characters.")
    return _sized(text, (1, most)) if text else None


def _flag(value: object, *, default: bool = True) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value, required=False).lower()
    if not text:
        return default
    if text in _FALSE:
        return False
    if text in _TRUE:
        return True
    raise _Faulty("This must be true or false.")
