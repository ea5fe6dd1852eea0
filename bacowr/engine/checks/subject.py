"""What the checks look at: the article, the order, and what was read for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bacowr.engine import urls
from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import Parsed, PlacedLink, parse
from bacowr.engine.order import Order
from bacowr.engine.outcome import Block
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import Neighbor
from bacowr.engine.record import Fetched, Intents, Profiles, Serp


@dataclass(frozen=True)
class Subject:
    """Everything a check may read; no check reaches outside of it.

    `neighbors` are the other articles of the batch; `accepted` holds the keys of findings that a
    person has decided on; `block` is the gate that an earlier step shut, if any.
    """

    article: Article
    order: Order
    fetched: Fetched
    profiles: Profiles
    serp: Serp
    intents: Intents
    at: datetime
    neighbors: tuple[Neighbor, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    block: Block | None = None

    @cached_property
    def parsed(self) -> Parsed:
        """Take the article's text apart."""
        return parse(self.article.markdown)

    @cached_property
    def target_links(self) -> tuple[PlacedLink, ...]:
        """List the links that lead to the target page."""
        wanted = urls.normalize(self.order.target_url)
        return tuple(each for each in self.parsed.links if _same(each.url, wanted))

    @cached_property
    def other_links(self) -> tuple[PlacedLink, ...]:
        """List the links that lead anywhere else."""
        return tuple(each for each in self.parsed.links if each not in self.target_links)

    @cached_property
    def sources(self) -> tuple[Reading, ...]:
        """List the pages that were really read and may be cited; the target never counts."""
        target_site = urls.registrable(urls.host_of(self.order.target_url))
        return tuple(
            each
            for each in self.fetched.readings
            if urls.registrable(urls.host_of(each.url)) != target_site
        )


def _same(url: str, wanted: str) -> bool:
    try:
        return urls.normalize(url) == wanted
    except ValueError:
        return False
