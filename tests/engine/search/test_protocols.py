"""What is particular to each search service: its request, and its own words for a refusal."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from bacowr.engine.markets import COUNTRIES
from bacowr.engine.ports import NoResults, Query
from bacowr.engine.providers.search import markets
from tests.engine.search.conftest import KEY, QUERY, Asked, answer_of

NewAsked = Callable[[str], Asked]
NORWEGIAN = Query("elsykkel", "nb", "no")
BRITISH = Query("bike", "en", "gb")


def question(asked: Asked, query: Query = QUERY) -> Request:
    asked.answers(200, answer_of(asked.name, 1))
    assert asked.results(query).hits
    return asked.site.server.log[-1][0]


def test_serper_is_asked_by_post(new_asked: NewAsked) -> None:
    request = question(new_asked("serper"))
    assert (request.method, request.headers["X-API-KEY"]) == ("POST", KEY)
    assert request.json == {"q": "bästa elcykel", "gl": "se", "hl": "sv", "num": 10}


def test_serpapi_is_asked_by_get(new_asked: NewAsked) -> None:
    request = question(new_asked("serpapi"))
    assert request.method == "GET"
    assert request.args.to_dict() == {
        "engine": "google",
        "q": "bästa elcykel",
        "gl": "se",
        "hl": "sv",
        "api_key": KEY,
    }


def test_dataforseo_is_asked_for_one_live_task(new_asked: NewAsked) -> None:
    request = question(new_asked("dataforseo"))
    assert request.method == "POST"
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")) == KEY.encode()
    assert request.json == [
        {"keyword": "bästa elcykel", "language_code": "sv", "location_code": 2752, "depth": 10}
    ]


def test_brave_is_asked_for_web_pages_only(new_asked: NewAsked) -> None:
    request = question(new_asked("brave"))
    assert (request.method, request.headers["X-Subscription-Token"]) == ("GET", KEY)
    assert request.args.to_dict() == {
        "q": "bästa elcykel",
        "count": "10",
        "country": "SE",
        "search_lang": "sv",
        "result_filter": "web",
        "text_decorations": "false",
    }


def test_searxng_is_asked_without_a_key(new_asked: NewAsked) -> None:
    request = question(new_asked("searxng"))
    assert request.method == "GET"
    assert request.args.to_dict() == {
        "q": "bästa elcykel",
        "format": "json",
        "categories": "general",
        "language": "sv-SE",
    }
    assert KEY not in str(request.headers)


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("serper", NORWEGIAN, {"hl": "no", "gl": "no"}),
        ("serper", BRITISH, {"hl": "en", "gl": "gb"}),
        ("serpapi", NORWEGIAN, {"hl": "no", "gl": "no"}),
        ("serpapi", BRITISH, {"hl": "en", "gl": "uk"}),
        ("dataforseo", NORWEGIAN, {"language_code": "no", "location_code": 2578}),
        ("dataforseo", BRITISH, {"language_code": "en", "location_code": 2826}),
        ("brave", NORWEGIAN, {"search_lang": "nb", "country": "NO"}),
        ("brave", Query("x", "pt", "br"), {"search_lang": "pt-br", "country": "BR"}),
        ("brave", Query("x", "ja", "jp"), {"search_lang": "jp", "country": "JP"}),
        ("searxng", NORWEGIAN, {"language": "nb-NO"}),
    ],
)
def test_a_market_is_spelled_as_the_service_does(
    new_asked: NewAsked, name: str, query: Query, expected: dict[str, Any]
) -> None:
    request = question(new_asked(name), query)
    body = json.loads(request.data) if request.data else request.args.to_dict()
    sent = body[0] if isinstance(body, list) else body
    assert {each: sent[each] for each in expected} == expected


def test_brave_is_not_told_what_it_does_not_know(new_asked: NewAsked) -> None:
    request = question(new_asked("brave"), Query("x", "kl", "gl"))
    assert request.args["country"] == "ALL"
    assert "search_lang" not in request.args


def test_dataforseo_knows_every_country_of_an_order() -> None:
    codes = [markets.dataforseo_location(country) for country in COUNTRIES]
    assert None not in codes
    assert len(set(codes)) == len(COUNTRIES)


OWN_WORDS = [
    ("serper", 403, {"message": "Unauthorized.", "statusCode": 403}, NoResults.KEY_REFUSED),
    ("serper", 400, {"message": "Not enough credits"}, NoResults.LIMITED),
    ("serper", 400, {"message": "Missing query parameter"}, NoResults.PROVIDER_DOWN),
    ("serpapi", 401, {"error": "Invalid API key."}, NoResults.KEY_REFUSED),
    ("brave", 422, {"error": {"code": "SUBSCRIPTION_TOKEN_INVALID"}}, NoResults.KEY_REFUSED),
    ("brave", 422, {"error": {"code": "VALIDATION"}}, NoResults.PROVIDER_DOWN),
    ("searxng", 403, "<html>Forbidden", NoResults.PROVIDER_DOWN),
]


@pytest.mark.parametrize(("name", "status", "body", "reason"), OWN_WORDS)
def test_a_refusal_in_own_words_is_understood(
    new_asked: NewAsked, name: str, status: int, body: object, reason: NoResults
) -> None:
    asked = new_asked(name)
    asked.answers(status, body)
    found = asked.results()
    assert (found.hits, found.reason) == (None, reason)


def test_searxng_without_json_says_what_to_change(new_asked: NewAsked) -> None:
    asked = new_asked("searxng")
    asked.answers(403, "<html>")
    assert "search.formats" in str(asked.results().message)


def test_serpapi_without_searches_left_says_so(new_asked: NewAsked) -> None:
    asked = new_asked("serpapi")
    for _ in range(2):
        asked.answers(429, {"error": "Your account has run out of searches."})
    found = asked.results()
    assert found.reason is NoResults.LIMITED
    assert "searches left" in str(found.message)


def test_serpapi_that_is_still_at_it_has_no_results(new_asked: NewAsked) -> None:
    asked = new_asked("serpapi")
    asked.answers(200, {"search_metadata": {"status": "Processing"}})
    assert asked.results().reason is NoResults.PROVIDER_DOWN


def test_serpapi_and_brave_find_nothing_in_their_own_way(new_asked: NewAsked) -> None:
    empty = {"search_metadata": {"status": "Success"}, "error": "Google hasn't returned any."}
    for name, body in (("serpapi", empty), ("brave", {"type": "search", "query": {}})):
        asked = new_asked(name)
        asked.answers(200, body)
        assert asked.results().hits == ()


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ((40100, None), NoResults.KEY_REFUSED),
        ((20000, 40104), NoResults.KEY_REFUSED),
        ((20000, 40200), NoResults.LIMITED),
        ((40202, None), NoResults.LIMITED),
        ((20000, 40101), NoResults.PROVIDER_DOWN),
        ((20000, 40501), NoResults.PROVIDER_DOWN),
        ((50000, None), NoResults.PROVIDER_DOWN),
    ],
)
def test_dataforseo_says_in_a_code_what_went_wrong(
    new_asked: NewAsked, codes: tuple[int, int | None], reason: NoResults
) -> None:
    asked = new_asked("dataforseo")
    task = {"status_code": codes[1], "result": None}
    asked.answers(200, {"status_code": codes[0], "tasks": [task] if codes[1] else None})
    assert asked.results().reason is reason


def test_dataforseo_finds_nothing_in_its_own_way(new_asked: NewAsked) -> None:
    asked = new_asked("dataforseo")
    asked.answers(200, {"status_code": 20000, "tasks": [{"status_code": 40102, "result": None}]})
    assert asked.results().hits == ()
