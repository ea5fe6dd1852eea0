"""The subject of the checks, put together from what the steps found out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bacowr.engine.article.model import Article
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Order
from bacowr.engine.outcome import Block
from bacowr.engine.ports import Neighbor
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.steps import done
from bacowr.engine.steps.step import Outputs, Stage, earlier


@dataclass(frozen=True)
class Material:
    """What the steps found out about an order, read once and held against any version of a text."""

    order: Order
    fetched: Fetched
    profiles: Profiles
    serp: Serp
    intents: Intents
    block: Block | None
    neighbors: tuple[Neighbor, ...] = ()

    def subject(
        self, article: Article, at: datetime, decisions: Mapping[str, str] | None = None
    ) -> Subject:
        """Make one version of the article the subject."""
        return Subject(
            article=article,
            order=self.order,
            fetched=self.fetched,
            profiles=self.profiles,
            serp=self.serp,
            intents=self.intents,
            at=at,
            neighbors=self.neighbors,
            decisions=decisions or {},
            block=self.block,
        )

    def article(self, markdown: str, **about: object) -> Article:
        """Make a text an article of this order."""
        blank = Article(
            markdown=markdown,
            language=self.profiles.language,
            country=self.order.country,
            anchor_text=self.order.anchor_text,
            target_url=self.order.target_url,
            terms=self.order.terms,
        )
        return replace(blank, **about)  # type: ignore[arg-type]  # Fields of the article.


def material_of(order: Order, outputs: Outputs, neighbors: tuple[Neighbor, ...] = ()) -> Material:
    """Read what the steps found out; raise Aborted when one of them has not run."""
    return Material(
        order=order,
        fetched=earlier(outputs, Stage.FETCH, Fetched),
        profiles=earlier(outputs, Stage.PROFILE, Profiles),
        serp=earlier(outputs, Stage.SERP, Serp),
        intents=earlier(outputs, Stage.INTENT, Intents),
        block=done.first_block(outputs),
        neighbors=neighbors,
    )
