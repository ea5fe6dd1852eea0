"""Deal records: the older BACOWR's list of placements."""

import hashlib
import json
from typing import Any

from bacowr.backlinks import matching
from bacowr.backlinks.models import Backlink, DealType, Placement, Rel
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import BIGINT, Known, Row, Unusable
from bacowr.takeover.rules import Rule

DOMAIN_LENGTH, LANGUAGE_LENGTH = 255, 32
MOMENTS = frozenset({"id", "created_at"})


def convert(row: Row, known: Known) -> Records:
    """Turn a placement into a deal record; what was never noted is unknown."""
    owner = row.needed("user_id")
    if owner not in known.ids["users"]:
        raise Unusable(f"its user {owner[:40]!r} is missing ({Rule.ORPHAN})")
    made_at = row.made_at(known, "published_at")
    if row.id in known.ids["flagged"]:
        row.repair(Rule.DUPLICATE)
    backlink: dict[str, Any] = {
        "id": row.id,
        "owner_id": owner,
        "deal_type": DealType.UNKNOWN,
        "placement": Placement.PUBLISHED,
        "publisher_domain": row.needed("publisher_domain", DOMAIN_LENGTH).strip().lower(),
        "publisher_url": row.text("publisher_url"),
        "target_url": row.needed("target_url"),
        "anchor_text": row.needed("anchor_text"),
        "agreed_rel": Rel.UNKNOWN,
        "language": row.short("language", LANGUAGE_LENGTH),
        "category": row.text("category"),
        "notes": row.text("notes"),
        "tags": row.listing("tags"),
        "domain_authority": row.whole("domain_authority"),
        "page_authority": row.whole("page_authority"),
        "traffic_estimate": row.whole("traffic_estimate", BIGINT),
        "backlink_count": row.whole("backlink_count", BIGINT),
        "custom_metrics": row.mapping("custom_metrics"),
        "published_at": row.moment("published_at"),
        "match_key": match_key(row),
        "is_possible_duplicate": row.id in known.ids["flagged"],
        "created_at": made_at,
        "updated_at": made_at,
    }
    return [(Backlink, backlink)]


def match_key(row: Row) -> str:
    """Return what is the same for two records of the same link."""
    return matching.match_key(
        row.text("publisher_url"),
        row.word("publisher_domain") or "",
        row.text("target_url") or "",
        row.text("anchor_text") or "",
    )


def contents_key(row: Row) -> str:
    """Return what is the same for two records that say the same of the same link."""
    said = {name: value for name, value in row.as_json().items() if name not in MOMENTS}
    text = json.dumps([match_key(row), sorted(said.items())], default=str)
    return hashlib.sha256(text.encode()).hexdigest()
