"""SerpApi: Google's results by GET, the key in the address."""

from typing import Any
from urllib.parse import urlencode

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.search import markets
from bacowr.engine.providers.search.hits import Unreadable, fields, hits_of, listed
from bacowr.engine.providers.search.service import Access, Refusal, Service

SUCCESS = "Success"
TOO_MANY = 429


def _question(query: Query, access: Access) -> Post:
    parameters = {
        "engine": "google",
        "q": query.text,
        "gl": markets.serpapi_country(query.country),
        "hl": markets.google_language(query.language),
        "api_key": access.key,
    }
    address = f"{access.base_url}/search.json?{urlencode(parameters)}"
    return Post(address, {"Accept": "application/json"}, b"", method="GET")


def _read(answer: Any) -> tuple[SearchHit, ...]:  # noqa: ANN401 - an answer is any JSON.
    found = fields(answer)
    if "organic_results" in found:
        return hits_of(listed(found["organic_results"]), url="link")
    # A search that found nothing is a success with an `error` that says so.
    if fields(found.get("search_metadata")).get("status") != SUCCESS:
        raise Unreadable
    return ()


def _refusal(status: int, answer: Any) -> Refusal | None:  # noqa: ANN401 - an answer is any JSON.
    if status == TOO_MANY and "run out of searches" in str(answer).lower():
        return Refusal(NoResults.LIMITED, "SerpApi has no searches left for this key.")
    return None


SERPAPI = Service("serpapi", "SerpApi", "https://serpapi.com", _question, _read, _refusal)
