"""DataForSEO: Google's results by POST, live; the key is a login and a password."""

import base64
import json
from typing import Any

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.search import markets
from bacowr.engine.providers.search.hits import MOST, fields, hits_of, listed
from bacowr.engine.providers.search.service import Access, Refusal, Service

# The service answers 200 to nearly everything and says in a code of its own how it went:
# docs.dataforseo.com/v3/appendix/errors.
OK = 20000
NOTHING_FOUND = 40102
KEY_CODES = frozenset({40100, 40104, 40207})
LIMIT_CODES = frozenset({40200, 40202, 40203, 40209, 40210})


def _question(query: Query, access: Access) -> Post:
    task = {
        "keyword": query.text,
        "language_code": markets.google_language(query.language),
        "location_code": markets.dataforseo_location(query.country),
        "depth": MOST,
    }
    headers = {
        "Authorization": f"Basic {base64.b64encode(access.key.encode()).decode()}",
        "Content-Type": "application/json",
    }
    address = f"{access.base_url}/v3/serp/google/organic/live/advanced"
    return Post(address, headers, json.dumps([task]).encode())


def _read(answer: Any) -> tuple[SearchHit, ...]:  # noqa: ANN401 - an answer is any JSON.
    rows: list[Any] = []
    for task in listed(fields(answer).get("tasks")):
        if fields(task).get("status_code") == NOTHING_FOUND:
            continue
        for result in listed(task.get("result")):
            rows += listed(fields(result).get("items") or [])
    organic = [row for row in rows if fields(row).get("type") == "organic"]
    return hits_of(organic, url="url", snippet="description")


def _refusal(status: int, answer: Any) -> Refusal | None:  # noqa: ANN401 - an answer is any JSON.
    del status
    codes = _codes(answer)
    if codes & KEY_CODES:
        return Refusal(NoResults.KEY_REFUSED, "DataForSEO refused the login and password.")
    if codes & LIMIT_CODES:
        return Refusal(
            NoResults.LIMITED, "DataForSEO has no money or calls left for this account for now."
        )
    if failed := sorted(codes - {OK, NOTHING_FOUND}):
        numbers = ", ".join(map(str, failed))
        return Refusal(NoResults.PROVIDER_DOWN, f"DataForSEO could not search (code {numbers}).")
    return None


def _codes(answer: Any) -> set[int]:  # noqa: ANN401 - an answer is any JSON.
    tasks = answer.get("tasks") if isinstance(answer, dict) else None
    parts = [answer, *(tasks if isinstance(tasks, list) else [])]
    found = [each.get("status_code") for each in parts if isinstance(each, dict)]
    return {code for code in found if isinstance(code, int)}


DATAFORSEO = Service(
    "dataforseo", "DataForSEO", "https://api.dataforseo.com", _question, _read, _refusal
)
