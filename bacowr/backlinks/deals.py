"""The fields of a deal record, and the one place where they are checked.

A form, a JSON body, a row of a sheet and a command all come through `read_deal`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bacowr.backlinks import reading
from bacowr.backlinks.matching import match_key
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import LinkType, Placement
from bacowr.backlinks.reading import Faulty, Reader
from bacowr.base.errors import Invalid
from bacowr.engine.order import AnchorType
from bacowr.engine.terms import DealType, Rel, Terms

FAULTY = "Some fields need another look."
UNEXPLAINED = "A followed link that was given something for needs a written reason."
PERCENT = 100

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "publisher_domain": reading.site,
        "publisher_url": reading.address,
        "target_url": reading.needed_address,
        "anchor_text": reading.line(500, is_needed=True),
        "anchor_type": reading.choice(AnchorType, "anchor_type", None),
        "link_type": reading.choice(LinkType, "link_type", None),
        "deal_type": reading.choice(DealType, "deal_type", DealType.UNKNOWN),
        "agreed_rel": reading.choice(Rel, "agreed_rel", Rel.UNKNOWN),
        "rel_reason": reading.line(500),
        "advertiser": reading.line(120),
        "ad_label": reading.line(120),
        "label_language": reading.language,
        "contact": reading.line(320),
        "price_cents": reading.whole(),
        "currency": reading.currency,
        "customer": reading.owner_of_targets,
        "campaign": reading.line(255),
        "language": reading.language,
        "category": reading.line(255),
        "notes": reading.text(10_000),
        "tags": reading.tags,
        "external_ref": reading.line(120),
        "writer": reading.line(120),
        "market": reading.line(64),
        "budget": reading.line(120),
        "topic": reading.line(500),
        "content_note": reading.text(10_000),
        "published_at": reading.moment,
        "expires_on": reading.day,
        "job_id": reading.thing_id,
        "domain_authority": reading.whole(PERCENT),
        "page_authority": reading.whole(PERCENT),
        "traffic_estimate": reading.whole(),
        "backlink_count": reading.whole(),
        "custom_metrics": reading.metrics,
    }
)
MATCHED = ("publisher_url", "publisher_domain", "target_url", "anchor_text")
TERMS = ("deal_type", "agreed_rel", "rel_reason")
RECORDED = frozenset({Placement.PUBLISHED, Placement.LOST, Placement.REMOVED, Placement.EXPIRED})

_placement = reading.choice(Placement, "placement", None)


def read_deal(fields: Mapping[str, object], *, is_history: bool = False) -> dict[str, Any]:
    """Check and tidy the fields of a new deal record; unknown ones are left alone.

    Without a placement, one with a page or a day of publishing is published, any other agreed.
    Raise Invalid carrying every fault of every field at once. A followed link that something was
    given for needs its reason; in a history, one that was published is recorded as it is, and
    shown red, since leaving it out would hide it.
    """
    values, faults = _read(fields, READERS)
    if not values.get("publisher_domain") and values.get("publisher_url"):
        values["publisher_domain"] = reading.site(values["publisher_url"])
    if not values.get("publisher_domain") and not {"publisher_domain", "publisher_url"} & {*faults}:
        faults["publisher_domain"] = ["This field is required."]
    placement, more = _read(fields, {"placement": _placement})
    faults |= more
    values["placement"] = placement.get("placement") or _likely(values)
    _check_price(values, faults)
    if is_unexplained(values) and not (is_history and values["placement"] in RECORDED):
        faults["rel_reason"] = [UNEXPLAINED]
    if faults:
        raise Invalid(FAULTY, fields=faults)
    values["match_key"] = match_key(*(values[name] for name in MATCHED))
    return values


def read_changes(backlink: Backlink, fields: Mapping[str, object]) -> dict[str, Any]:
    """Check and tidy changes to a deal record, and return those that change something.

    Raise Invalid carrying every fault. A followed link that something was given for needs its
    reason as soon as its terms are touched.
    """
    named = {*fields} | ({"price_cents"} if "price" in fields else set())
    given = {name: READERS[name] for name in READERS if name in named}
    values, faults = _read(fields, given)
    if values.get("publisher_domain", "") is None:
        page = values.get("publisher_url", backlink.publisher_url)
        values["publisher_domain"] = reading.site(page) or backlink.publisher_domain
    after = {name: values.get(name, getattr(backlink, name)) for name in READERS}
    _check_price(after, faults)
    if {"price", "price_cents", "currency"} & {*fields}:
        values |= {name: after[name] for name in ("price_cents", "currency")}
    changes = {name: value for name, value in values.items() if value != getattr(backlink, name)}
    if {*TERMS} & {*changes} and is_unexplained(after):
        faults["rel_reason"] = [UNEXPLAINED]
    if faults:
        raise Invalid(FAULTY, fields=faults)
    if {*MATCHED} & {*changes}:
        changes["match_key"] = match_key(*(after[name] for name in MATCHED))
    return changes


def read_placement(fields: Mapping[str, object]) -> Placement | None:
    """Read the placement among the fields; None when there is none. Raise Invalid for no such."""
    values, faults = _read(fields, {"placement": _placement})
    if faults:
        raise Invalid(FAULTY, fields=faults)
    return values["placement"]  # type: ignore[no-any-return]  # Its reader gives a placement.


def is_unexplained(values: Mapping[str, Any]) -> bool:
    """Tell whether the terms make a followed link that something was given for, unexplained."""
    return Terms(*(values.get(name) for name in TERMS)).is_follow_unexplained  # type: ignore[arg-type]  # Read as their kinds.


def _read(
    fields: Mapping[str, object], readers: Mapping[str, Reader]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    values: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, read in readers.items():
        try:
            values[name] = read(fields.get(name))
        except Faulty as faulty:
            faults[name] = [str(faulty)]
    if fields.get("price") and "price_cents" in readers:
        try:
            values["price_cents"] = reading.price(fields["price"])
        except Faulty as faulty:
            faults["price"] = [str(faulty)]
    return values, faults


def _check_price(values: dict[str, Any], faults: dict[str, list[str]]) -> None:
    """Hold price and currency together: a currency alone says nothing and is dropped."""
    if values.get("price_cents") is None:
        values["currency"] = None
    elif not values.get("currency") and "currency" not in faults:
        faults["currency"] = ["Name the price's currency, like SEK or EUR."]


def _likely(values: Mapping[str, Any]) -> Placement:
    is_out = values.get("publisher_url") or values.get("published_at")
    return Placement.PUBLISHED if is_out else Placement.AGREED
