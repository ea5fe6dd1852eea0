"""SearXNG: a search engine of one's own, without a key."""

from typing import Any
from urllib.parse import urlencode

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.search import markets
from bacowr.engine.providers.search.hits import fields, hits_of, listed
from bacowr.engine.providers.search.service import Access, Refusal, Service

FORBIDDEN = 403


def _question(query: Query, access: Access) -> Post:
    parameters = {
        "q": query.text,
        "format": "json",
        "categories": "general",
        "language": markets.searxng_language(query.language, query.country),
    }
    address = f"{access.base_url}/search?{urlencode(parameters)}"
    return Post(address, {"Accept": "application/json"}, b"", method="GET")


def _read(answer: Any) -> tuple[SearchHit, ...]:  # noqa: ANN401 - an answer is any JSON.
    return hits_of(listed(fields(answer).get("results")), url="url", snippet="content")


def _refusal(status: int, answer: Any) -> Refusal | None:  # noqa: ANN401 - an answer is any JSON.
    del answer
    if status == FORBIDDEN:
        text = "SearXNG does not answer in JSON: add json to search.formats in its settings.yml."
        return Refusal(NoResults.PROVIDER_DOWN, text)
    return None


SEARXNG = Service("searxng", "SearXNG", "", _question, _read, _refusal)
