"""Serper: Google's results by POST, the key in a header."""

import json
from typing import Any

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.search import markets
from bacowr.engine.providers.search.hits import MOST, fields, hits_of, listed
from bacowr.engine.providers.search.service import Access, Refusal, Service

BAD_REQUEST = 400


def _question(query: Query, access: Access) -> Post:
    body = {
        "q": query.text,
        "gl": query.country,
        "hl": markets.google_language(query.language),
        "num": MOST,
    }
    headers = {"X-API-KEY": access.key, "Content-Type": "application/json"}
    return Post(f"{access.base_url}/search", headers, json.dumps(body).encode())


def _read(answer: Any) -> tuple[SearchHit, ...]:  # noqa: ANN401 - an answer is any JSON.
    return hits_of(listed(fields(answer).get("organic")), url="link")


def _refusal(status: int, answer: Any) -> Refusal | None:  # noqa: ANN401 - an answer is any JSON.
    if status == BAD_REQUEST and "credits" in str(answer).lower():
        return Refusal(NoResults.LIMITED, "Serper has no credits left for this key.")
    return None


SERPER = Service("serper", "Serper", "https://google.serper.dev", _question, _read, _refusal)
