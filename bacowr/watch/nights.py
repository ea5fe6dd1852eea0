"""What became of one person's links in a night."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.watch.models import AlertKind, LinkAlert, LinkWatch


def told(owner_id: str, since: datetime, until: datetime) -> Sequence[tuple[AlertKind, str]]:
    """Return what there was to tell in that time: its kind, and the link in a few words."""
    select = (
        sa.select(LinkAlert.kind, Backlink.publisher_domain, Backlink.anchor_text)
        .join(LinkWatch, LinkWatch.id == LinkAlert.watch_id)
        .join(Backlink, Backlink.id == LinkWatch.backlink_id)
        .where(
            LinkWatch.owner_id == owner_id,
            LinkAlert.created_at > since,
            LinkAlert.created_at <= until,
        )
        .order_by(LinkAlert.created_at, LinkAlert.id)
    )
    return [(row[0], f"{row[1]}: {row[2]}") for row in db.session.execute(select)]
