"""From keys to a search that can be asked, and why there is none."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer

from bacowr.accounts.models import User
from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, SearchHit
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.providers.search.asking import ServiceSearch
from bacowr.providers import service
from bacowr.providers.catalog import Provider
from bacowr.providers.connecting import TEST_QUERY, connected, find_search, try_out, way_to
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.service import NewCredential


def serve(httpserver: HTTPServer) -> str:
    answer = {"results": [{"url": "https://a.se/", "title": "A", "content": "s"}]}
    httpserver.expect_request("/search").respond_with_json(answer)
    return httpserver.url_for("").rstrip("/")


@pytest.mark.usefixtures("app")
def test_without_a_service_the_search_says_so(keyring: Keyring) -> None:
    assert find_search(keyring, Outgoing()) == (NoSearch(), None)


@pytest.mark.usefixtures("app")
def test_a_private_searxng_of_the_operator_is_asked(
    keyring: Keyring, httpserver: HTTPServer
) -> None:
    found = Opened(Provider.SEARXNG, Where.ENVIRONMENT, base_url=serve(httpserver))
    own = dataclasses.replace(keyring, environment={Provider.SEARXNG: found})
    results = try_out(find_search(own, Outgoing()).search)
    assert results.hits == (SearchHit(1, "https://a.se/", "A", "s"),)
    assert results.query == TEST_QUERY


def test_a_private_searxng_that_people_entered_is_not(httpserver: HTTPServer) -> None:
    found = Opened(Provider.SEARXNG, Where.STORED, base_url=serve(httpserver))
    results = connected(found, Outgoing()).results(TEST_QUERY)
    assert (results.hits, results.reason) == (None, NoResults.PROVIDER_DOWN)
    assert not httpserver.log
    assert way_to(found, Outgoing()) == Outgoing()


@pytest.mark.usefixtures("app")
def test_a_stored_key_connects_its_service(keyring: Keyring, admin: User) -> None:
    entered = NewCredential(Provider.SERPER, "tiger-lily-1234")
    service.store(entered, keyring=keyring, by=admin)
    search = find_search(keyring, Outgoing()).search
    assert isinstance(search, ServiceSearch)
    assert (search.service.name, search.access.key) == ("serper", "tiger-lily-1234")
    assert search.access.base_url == "https://google.serper.dev"
    assert "tiger-lily" not in repr(search)


def test_a_key_that_cannot_be_read_is_told_with_the_results(
    app: Flask, keyring: Keyring, admin: User
) -> None:
    del app
    service.store(NewCredential(Provider.SERPER, "tiger-lily"), keyring=keyring, by=admin)
    rotated = dataclasses.replace(keyring, secret_key="another-signing-key-of-32-characters")
    results = find_search(rotated, Outgoing()).search.results(TEST_QUERY)
    assert (results.hits, results.reason) == (None, NoResults.KEY_REFUSED)
    assert "Enter it again" in str(results.message)
