"""Where a link is, and where it can go from there: the whole state machine stands on this page."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Placement(StrEnum):
    """Where a link is on its way to the page (domain 5.1)."""

    AGREED = "agreed"
    DRAFTED = "drafted"
    SENT = "sent"
    PUBLISHED = "published"
    LOST = "lost"
    REMOVED = "removed"
    EXPIRED = "expired"


# Steps may be skipped forward: many a deal is told of only when its page is live.
MOVES: Mapping[Placement, tuple[Placement, ...]] = MappingProxyType(
    {
        Placement.AGREED: (
            Placement.DRAFTED,
            Placement.SENT,
            Placement.PUBLISHED,
            Placement.REMOVED,
        ),
        Placement.DRAFTED: (Placement.SENT, Placement.PUBLISHED, Placement.REMOVED),
        Placement.SENT: (Placement.PUBLISHED, Placement.REMOVED),
        Placement.PUBLISHED: (Placement.LOST, Placement.REMOVED, Placement.EXPIRED),
        Placement.LOST: (Placement.PUBLISHED, Placement.REMOVED, Placement.EXPIRED),
        Placement.EXPIRED: (Placement.PUBLISHED, Placement.REMOVED),
        Placement.REMOVED: (Placement.AGREED,),
    }
)

# Placements in which the page is, or has been, for all to see.
APPEARED = frozenset({Placement.PUBLISHED, Placement.LOST, Placement.EXPIRED})
# Placements that are still to come to an end.
OPEN = frozenset({Placement.AGREED, Placement.DRAFTED, Placement.SENT, Placement.PUBLISHED})


class EventType(StrEnum):
    """What can happen to a deal record."""

    CREATED = "created"
    IMPORTED = "imported"
    CHANGED = "changed"
    MOVED = "moved"


class LinkType(StrEnum):
    """Which kind of page carries the link (domain 1.4)."""

    ARTICLE = "article"
    HOMEPAGE = "homepage"
    PARTNER = "partner"


def can_move(source: Placement, target: Placement) -> bool:
    """Tell whether a link can go from one placement to the other."""
    return target in MOVES[source]
