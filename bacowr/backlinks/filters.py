"""Which part of the library somebody looks at, and in which order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from bacowr.backlinks.placements import Placement
from bacowr.engine.order import AnchorType
from bacowr.engine.terms import DealType, Rel

LONGEST = 200
FURTHEST_DAYS = 3660
TEXTS = ("search", "publisher", "target", "customer", "campaign", "category", "language", "tag")

M = TypeVar("M", bound=StrEnum)


class Sort(StrEnum):
    """An order of the library; the newest record goes first among equals."""

    NEWEST = "newest"
    CHANGED = "changed"
    PUBLISHED = "published"
    EXPIRES = "expires"
    PUBLISHER = "publisher"
    CUSTOMER = "customer"
    PRICE = "price"


@dataclass(frozen=True)
class Filters:
    """What the library is narrowed to; an empty field leaves nothing out.

    `search` is a part of publisher, page, target, anchor, customer or reference. `publisher`,
    `customer`, `category`, `language` and `tag` are whole values, `target` is a part of the
    address. `expires_within` counts days from today.
    """

    search: str = ""
    publisher: str = ""
    target: str = ""
    customer: str = ""
    campaign: str = ""
    category: str = ""
    language: str = ""
    tag: str = ""
    placement: Placement | None = None
    deal_type: DealType | None = None
    agreed_rel: Rel | None = None
    anchor_type: AnchorType | None = None
    expires_within: int | None = None
    is_red: bool = False
    sort: Sort = Sort.NEWEST

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> "Filters":
        """Read an address or a saved view; what makes no sense in it is as if it were not there."""
        texts = {name: _plain(arguments.get(name)) for name in TEXTS}
        days = str(arguments.get("expires_within") or "")
        is_number = days.isascii() and days.isdecimal() and len(days) <= len(str(FURTHEST_DAYS))
        return cls(
            **texts,
            placement=_member(Placement, arguments.get("placement")),
            deal_type=_member(DealType, arguments.get("deal_type")),
            agreed_rel=_member(Rel, arguments.get("agreed_rel")),
            anchor_type=_member(AnchorType, arguments.get("anchor_type")),
            expires_within=min(int(days), FURTHEST_DAYS) if is_number else None,
            is_red=str(arguments.get("is_red") or "").lower() in {"1", "true", "on"},
            sort=_member(Sort, arguments.get("sort")) or Sort.NEWEST,
        )

    @property
    def arguments(self) -> dict[str, str]:
        """The fields that say something, as an address and a saved view carry them."""
        told = {name: value for name, value in asdict(self).items() if value != DEFAULTS[name]}
        return {name: "1" if value is True else str(value) for name, value in told.items()}

    @property
    def is_narrowed(self) -> bool:
        """Whether the list leaves records out."""
        return bool({*self.arguments} - {"sort"})


DEFAULTS = {each.name: each.default for each in fields(Filters)}


def _plain(value: object) -> str:
    found = value.strip()[:LONGEST] if isinstance(value, str) else ""
    return found if found.isprintable() else ""


def _member(kind: type[M], value: object) -> M | None:
    return next((each for each in kind if each == value), None)
