"""A local server in the place of each search service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.ports import Query, SearchResults
from bacowr.engine.providers.search.asking import ServiceSearch
from bacowr.engine.providers.search.service import Access
from bacowr.engine.providers.search.services import SERVICES
from tests.plugins.sites import Site

KEY = "k-secret:p-secret"
QUERY = Query("bästa elcykel", "sv", "se")
PATHS = {
    "serper": "/search",
    "serpapi": "/search.json",
    "dataforseo": "/v3/serp/google/organic/live/advanced",
    "brave": "/res/v1/web/search",
    "searxng": "/search",
}


def rows(count: int, names: dict[str, str]) -> list[dict[str, Any]]:
    """Write organic results as a service does, with its names of the fields."""
    return [
        {names["url"]: f"https://r{n}.se/", "title": f"T{n}", names["snippet"]: f"S{n}"}
        for n in range(1, count + 1)
    ]


LINK = {"url": "link", "snippet": "snippet"}
DESCRIBED = {"url": "url", "snippet": "description"}


def answer_of(name: str, count: int = 12) -> dict[str, Any]:
    """Write an answer as a service does, with things beside the organic results."""
    advertisement = {"type": "paid", "url": "https://ad.se/", "title": "Ad"}
    organic = [{"type": "organic", "rank_group": 1, **row} for row in rows(count, DESCRIBED)]
    answers: dict[str, dict[str, Any]] = {
        "serper": {
            "searchParameters": {"q": "x"},
            "ads": [{"link": "https://ad.se/"}],
            "organic": rows(count, LINK),
            "credits": 1,
        },
        "serpapi": {
            "search_metadata": {"status": "Success"},
            "ads": [{"link": "https://ad.se/"}],
            "organic_results": rows(count, LINK),
        },
        "dataforseo": {
            "status_code": 20000,
            "tasks": [{"status_code": 20000, "result": [{"items": [advertisement, *organic]}]}],
        },
        "brave": {"type": "search", "web": {"type": "search", "results": rows(count, DESCRIBED)}},
        "searxng": {
            "query": "x",
            "results": rows(count, {"url": "url", "snippet": "content"}),
            "suggestions": [],
        },
    }
    return answers[name]


@dataclass
class Asked:
    """One service on a local server, and how long its client slept."""

    name: str
    site: Site
    outgoing: Outgoing
    clock: Callable[[], datetime]
    slept: list[float] = field(default_factory=list)

    def search(self, *, base_url: str | None = None, timeout_seconds: float = 5) -> ServiceSearch:
        return ServiceSearch(
            service=SERVICES[self.name],
            access=Access(self.site.url("") if base_url is None else base_url, KEY),
            outgoing=self.outgoing,
            clock=self.clock,
            sleep=self.slept.append,
            timeout_seconds=timeout_seconds,
        )

    def answers(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        """Answer the next call in this way."""
        handler = self.site.server.expect_ordered_request(PATHS[self.name])
        if isinstance(body, str):
            handler.respond_with_data(body, status=status, headers=headers)
        else:
            handler.respond_with_json(body, status=status, headers=headers)

    def results(self, query: Query = QUERY) -> SearchResults:
        return self.search().results(query)


@pytest.fixture(params=sorted(PATHS))
def asked(
    request: pytest.FixtureRequest,
    target_site: Site,
    outgoing: Outgoing,
    clock: Callable[[], datetime],
) -> Asked:
    """Each service in turn."""
    return Asked(request.param, target_site, outgoing, clock)


@pytest.fixture
def new_asked(
    target_site: Site, outgoing: Outgoing, clock: Callable[[], datetime]
) -> Callable[[str], Asked]:
    """A function that gives one service by its name."""
    return lambda name: Asked(name, target_site, outgoing, clock)
