"""What was agreed about a link: the kind of deal, its rel, and who advertises (domain 3.12)."""

from dataclasses import dataclass
from enum import StrEnum


class DealType(StrEnum):
    """What the link was given for (domain 2)."""

    PAID = "paid"
    PRODUCT = "product"
    EXCHANGE = "exchange"
    AFFILIATE = "affiliate"
    EDITORIAL = "editorial"
    OWN_SITE = "own_site"
    UNKNOWN = "unknown"


class Rel(StrEnum):
    """What was agreed about the link's rel."""

    FOLLOW = "follow"
    NOFOLLOW = "nofollow"
    SPONSORED = "sponsored"
    UNKNOWN = "unknown"


ADVERTISING = frozenset({DealType.PAID, DealType.PRODUCT, DealType.EXCHANGE, DealType.AFFILIATE})


@dataclass(frozen=True)
class Terms:
    """The terms of one deal; `rel_reason` is the written reason for a follow link that was paid."""

    deal_type: DealType = DealType.UNKNOWN
    agreed_rel: Rel = Rel.UNKNOWN
    rel_reason: str | None = None
    advertiser: str | None = None

    @property
    def is_advertising(self) -> bool:
        """Tell whether something was given for the link, so that it must be labeled."""
        return self.deal_type in ADVERTISING

    @property
    def rel(self) -> Rel:
        """Give the rel that the link carries: as agreed, else as policy demands.

        Policy is `sponsored` for whatever was given something for, and `follow` for the rest; a
        deal nobody described is treated as one that was paid.
        """
        if self.agreed_rel is not Rel.UNKNOWN:
            return self.agreed_rel
        free = {DealType.EDITORIAL, DealType.OWN_SITE}
        return Rel.FOLLOW if self.deal_type in free else Rel.SPONSORED

    @property
    def is_follow_unexplained(self) -> bool:
        """Tell whether a link that was given something for is followed without a reason."""
        return self.is_advertising and self.rel is Rel.FOLLOW and not self.rel_reason


def rel_attribute(rel: Rel) -> str | None:
    """Give the value of a link's `rel` attribute; None for a followed link."""
    return rel.value if rel in {Rel.NOFOLLOW, Rel.SPONSORED} else None
