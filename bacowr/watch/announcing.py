"""What owners of links are told of them."""

from collections.abc import Sequence

from bacowr.notifications import outbox
from bacowr.notifications.events import Event
from bacowr.watch.models import AlertKind, LinkWatch

EVENTS = {
    AlertKind.LOST: Event.LINK_LOST,
    AlertKind.CHANGED: Event.LINK_CHANGED,
    AlertKind.RECOVERED: Event.LINK_RECOVERED,
    AlertKind.EXPIRING: Event.DEAL_EXPIRING,
    AlertKind.EXPIRED: Event.DEAL_EXPIRED,
}


def announce(watch: LinkWatch, kind: AlertKind, message: str, about: Sequence[str]) -> None:
    """Put down what there is to tell about a link."""
    deal = watch.backlink
    facts = {
        "watch_id": watch.id,
        "backlink_id": watch.backlink_id,
        "message": message,
        "verdicts": list(about),
        "publisher": deal.publisher_domain,
        "publisher_url": deal.publisher_url,
        "target_url": deal.target_url,
        "anchor_text": deal.anchor_text,
        "expires_on": deal.expires_on.isoformat() if deal.expires_on else None,
    }
    outbox.announce(watch.owner_id, EVENTS[kind], facts)
