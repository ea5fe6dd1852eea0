"""What every search service has in common: ten organic hits, or a reason in words."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, Query, SearchHit
from bacowr.engine.providers.no_search import NoSearch
from tests.engine.search.conftest import KEY, QUERY, Asked, answer_of

SECRETS = (KEY, "k-secret", "p-secret")


def test_the_first_ten_organic_results_are_given(asked: Asked) -> None:
    asked.answers(200, answer_of(asked.name))
    found = asked.results()
    assert found.hits == tuple(
        SearchHit(n, f"https://r{n}.se/", f"T{n}", f"S{n}") for n in range(1, 11)
    )
    assert (found.reason, found.message, found.provider) == (None, None, asked.name)
    assert found.fetched_at == "2026-11-22T12:00:00+00:00"
    assert found.query == QUERY


def test_a_search_that_finds_nothing_was_fetched_all_the_same(asked: Asked) -> None:
    asked.answers(200, answer_of(asked.name, 0))
    found = asked.results()
    assert (found.hits, found.reason) == ((), None)


def test_a_busy_service_is_asked_once_more(asked: Asked) -> None:
    asked.answers(429, {"error": "slow down"}, {"Retry-After": "3"})
    asked.answers(200, answer_of(asked.name, 1))
    assert asked.results().hits
    assert asked.slept == [3.0]


@pytest.mark.parametrize("said", ["", "soon", "0", "99999", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_is_never_long(asked: Asked, said: str) -> None:
    asked.answers(503, "", {"Retry-After": said})
    asked.answers(200, answer_of(asked.name, 1))
    assert asked.results().hits
    assert 1 <= asked.slept[0] <= 10


FAULTS = [
    (401, NoResults.KEY_REFUSED),
    (402, NoResults.LIMITED),
    (404, NoResults.PROVIDER_DOWN),
    (429, NoResults.LIMITED),
    (500, NoResults.PROVIDER_DOWN),
    (302, NoResults.PROVIDER_DOWN),
]


@pytest.mark.parametrize(("status", "reason"), FAULTS)
def test_a_fault_is_told_without_any_secret(asked: Asked, status: int, reason: NoResults) -> None:
    for _ in range(2):
        asked.answers(status, {"error": "no"}, {"Location": "http://localhost/elsewhere"})
    found = asked.results()
    assert (found.hits, found.reason) == (None, reason)
    assert found.message
    assert not any(secret in repr(found) for secret in SECRETS)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "{}", '"x"', "[" * 9999, '{"a":'])
def test_garbage_is_no_result(asked: Asked, body: str) -> None:
    asked.answers(200, body)
    found = asked.results()
    assert (found.hits, found.reason) == (None, NoResults.PROVIDER_DOWN)
    assert "form" in str(found.message)


BROKEN_ROWS = [
    None,
    7,
    "https://a.se",
    {},
    {"url": 3, "link": 3},
    {"url": "javascript:x", "link": "javascript:x"},
    {"url": "https://\ud800.se/", "link": "https://\ud800.se/"},
    {"url": "https://a.se/" + "x" * 3000, "link": "https://a.se/" + "x" * 3000},
]


def test_rows_that_lead_nowhere_are_passed_over(new_asked: Callable[[str], Asked]) -> None:
    asked = new_asked("serper")
    good = {"link": "https://a.se/", "title": " A\u0000\n b\ud800 ", "snippet": "s" * 5000}
    asked.answers(200, {"organic": [*BROKEN_ROWS, good]})
    assert asked.results().hits == (SearchHit(1, "https://a.se/", "A b", "s" * 1000),)


def test_a_service_that_is_silent_or_gone_is_down(asked: Asked) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        asked.outgoing = Outgoing(frozenset({address}))
        found = asked.search(base_url=f"http://{address}", timeout_seconds=0.2).results(QUERY)
        assert found.reason is NoResults.PROVIDER_DOWN
        assert "too long" in str(found.message)
    gone = asked.search(base_url=f"http://{address}").results(QUERY)
    assert gone.reason is NoResults.PROVIDER_DOWN
    assert "could not be reached" in str(gone.message)


def test_a_private_address_is_not_called(asked: Asked) -> None:
    asked.outgoing = Outgoing()
    asked.answers(200, answer_of(asked.name))
    found = asked.results()
    assert (found.hits, found.reason) == (None, NoResults.PROVIDER_DOWN)
    assert "must not be called" in str(found.message)
    assert not asked.site.server.log


def test_a_query_that_cannot_be_sent_as_it_is_loses_only_that(asked: Asked) -> None:
    asked.answers(200, answer_of(asked.name, 1))
    query = dataclasses.replace(QUERY, text="cykel\ud800\n\x00 " + "x" * 900)
    assert asked.results(query).hits


def test_nothing_shows_the_key(asked: Asked) -> None:
    search = asked.search()
    question = search.service.question(QUERY, search.access)
    assert not any(secret in repr(search) + repr(question) for secret in SECRETS)


def test_without_a_service_nothing_is_invented() -> None:
    query = Query("x", "sv", "se")
    assert NoSearch().results(query).reason is NoResults.NOT_CONNECTED
    said = NoSearch(NoResults.KEY_REFUSED, "Enter it again.").results(query)
    assert (said.hits, said.reason, said.message) == (
        None,
        NoResults.KEY_REFUSED,
        "Enter it again.",
    )
