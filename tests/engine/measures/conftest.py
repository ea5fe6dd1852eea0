"""An article beside pages that were read for it, as a check gets to see it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bacowr.engine.article.model import Article
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Order
from bacowr.engine.page.reading import Heading, Reading
from bacowr.engine.ports import Neighbor, Query, SearchHit, SearchResults, Source
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.research import serp
from bacowr.engine.research.queries import QueryPlan
from bacowr.engine.terms import Terms

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TARGET = "https://butik.example/pump"

MakeSubject = Callable[..., Subject]


def page(url: str, text: str, title: str | None = None, h2s: Sequence[str] = ()) -> Reading:
    source = Source(url, url, MOMENT.isoformat(), status=200)
    headings = tuple(Heading(2, each) for each in h2s)
    return Reading(source, title=title, text=text, headings=headings)


@pytest.fixture
def make_page() -> Callable[..., Reading]:
    return page


@pytest.fixture
def make_subject() -> MakeSubject:
    """Put an article beside pages; what these checks don't look at is left empty."""

    def make(
        markdown: str,
        pages: Mapping[str, str] | Sequence[Reading] = (),
        *,
        language: str = "sv",
        neighbors: Sequence[Neighbor] = (),
        hits: Sequence[SearchHit] = (),
        shared_terms: tuple[str, ...] = (),
        target: Reading | None = None,
    ) -> Subject:
        readings = (
            tuple(page(url, text) for url, text in pages.items())
            if isinstance(pages, Mapping)
            else tuple(pages)
        )
        nothing: Any = None
        query = Query("pump", language, "se")
        return Subject(
            article=Article(markdown, language, "se", "pump", TARGET, Terms()),
            order=Order("tidning.example", TARGET, "pump"),
            fetched=Fetched(target, (), (), readings, (), None),
            profiles=Profiles(
                None, {}, nothing, nothing, (), shared_terms, language, language_is_guess=False
            ),
            serp=Serp(
                QueryPlan(query, (), ()),
                serp.findings([SearchResults(query, tuple(hits) or None)]),
            ),
            intents=cast("Intents", nothing),
            at=MOMENT,
            neighbors=tuple(neighbors),
        )

    return make
