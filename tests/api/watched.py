"""Published links to do something to: each is used up by one request."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.watch import sweeping


@dataclass
class Watched:
    """Makes published links of one person."""

    owner: User
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def places(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """Give what an address that names a watch is to name."""
        return {"watch_id": self.new()} if "watch_id" in parameters else {}

    def new(self) -> str:
        """Publish a link and begin the watch over it; return the id of its deal."""
        deal = {
            "publisher_url": f"https://publisher.se/{next(self._numbers)}",
            "target_url": "https://shop.se/heat-pumps",
            "anchor_text": "heat pumps",
        }
        made = backlinks.create(deal, owner=self.owner)
        backlinks.record_published(made, deal["publisher_url"], by=self.owner)
        sweeping.begin_missing()
        return made.id
