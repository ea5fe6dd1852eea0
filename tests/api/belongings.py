"""Things that belong to somebody, by the names that their ids have in addresses."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.backlinks import views
from bacowr.backlinks.filters import Filters
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.batches import importing
from bacowr.batches.models import ReviewItem
from bacowr.engine.watch.standing import WatchStatus
from bacowr.watch.models import LinkWatch
from tests.plugins.gathered import gathered

Make = Callable[[User], str]
PAGE = {
    "publisher_url": "https://publisher.se/article",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
    "placement": "published",
    "deal_type": "editorial",
}


def backlink_of(owner: User) -> str:
    return backlinks.create(PAGE, owner=owner, as_new=True).id


@transaction
def watch_of(owner: User) -> str:
    watch = LinkWatch(
        id=new_id(),
        owner_id=owner.id,
        backlink_id=backlink_of(owner),
        status=WatchStatus.WAITING,
        verdicts=[],
        suspected=[],
        next_check_at=clock.now(),
    )
    db.session.add(watch)
    return watch.id


def view_of(owner: User) -> str:
    return views.save(new_id()[:8], Filters(), owner=owner).id


def batch_of(owner: User) -> str:
    return gathered(owner).id


def run_of(owner: User) -> str:
    text = f"Domain;target;Anchor\npublisher.se;https://shop.se/;{new_id()}\n"
    return importing.bring(text, "", owner=owner)[0].id


def item_of(owner: User) -> dict[str, str]:
    """Give an item's id with that of its batch."""
    batch_id = batch_of(owner)
    select = sa.select(ReviewItem.id).where(ReviewItem.batch_id == batch_id)
    return {"batch_id": batch_id, "item_id": db.session.scalars(select).one()}


MADE: dict[str, Make] = {
    "backlink_id": backlink_of,
    "batch_id": batch_of,
    "run_id": run_of,
    "view_id": view_of,
    "watch_id": watch_of,
}
# A saved view is its owner's alone; the rest is the team's.
SHARED = MADE.keys() - {"view_id"} | {"item_id"}
# What is about one of these has to be found before it can be refused for anything else.
BODIES = {
    "api_review.review_batch_item": {"decision": "approve"},
    "api_review.review_batch_items": {"decisions": [{"item_id": "x", "decision": "approve"}]},
    "api_sheets.start_import": {"name": "Tonight"},
}
