"""Another one like it: what an order for one more link of the same kind would say."""

from bacowr.backlinks.models import Backlink
from bacowr.engine import markets
from bacowr.engine.terms import DealType, Rel


def order_like(backlink: Backlink) -> dict[str, str]:
    """Return the fields of an order for a link like this one; nothing is ordered.

    The anchor is the same, and for a person to change: used twice it looks like what it is.
    """
    told = {
        "publisher_domain": backlink.publisher_domain,
        "target_url": backlink.target_url,
        "anchor_text": backlink.anchor_text,
        "anchor_type": backlink.anchor_type,
        "language": backlink.language if backlink.language in markets.LANGUAGES else None,
        "deal_type": backlink.deal_type if backlink.deal_type is not DealType.UNKNOWN else None,
        "agreed_rel": backlink.agreed_rel if backlink.agreed_rel is not Rel.UNKNOWN else None,
        "rel_reason": backlink.rel_reason,
        "advertiser": backlink.advertiser,
    }
    return {name: str(value) for name, value in told.items() if value}
