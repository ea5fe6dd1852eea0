"""Brave: its own index by GET, the key in a header."""

from typing import Any
from urllib.parse import urlencode

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.search import markets
from bacowr.engine.providers.search.hits import MOST, Unreadable, fields, hits_of, listed
from bacowr.engine.providers.search.service import Access, Refusal, Service

UNPROCESSABLE = 422


def _question(query: Query, access: Access) -> Post:
    parameters = {
        "q": query.text,
        "count": str(MOST),
        "country": markets.brave_country(query.country),
        "result_filter": "web",
        "text_decorations": "false",
    }
    if language := markets.brave_language(query.language, query.country):
        parameters["search_lang"] = language
    address = f"{access.base_url}/res/v1/web/search?{urlencode(parameters)}"
    headers = {"X-Subscription-Token": access.key, "Accept": "application/json"}
    return Post(address, headers, b"", method="GET")


def _read(answer: Any) -> tuple[SearchHit, ...]:  # noqa: ANN401 - an answer is any JSON.
    found = fields(answer)
    if "web" in found:
        rows = listed(fields(found["web"]).get("results"))
        return hits_of(rows, url="url", snippet="description")
    # A search that found nothing has no `web` at all.
    if found.get("type") != "search":
        raise Unreadable
    return ()


def _refusal(status: int, answer: Any) -> Refusal | None:  # noqa: ANN401 - an answer is any JSON.
    if status == UNPROCESSABLE and "SUBSCRIPTION_TOKEN" in str(answer):
        return Refusal(NoResults.KEY_REFUSED, "Brave Search refused the key.")
    return None


BRAVE = Service("brave", "Brave Search", "https://api.search.brave.com", _question, _read, _refusal)
