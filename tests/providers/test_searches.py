"""Search results at hand: brought for the job, of the last day, or fetched and kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from bacowr.accounts.models import User
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.base.errors import Invalid, NotFound
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.jobs.models import Job
from bacowr.providers import queries, searches
from bacowr.providers.models import StoredSearch
from bacowr.providers.searches import CachedSearch

QUERY = Query("Bästa  elcykel", "sv", "se")
OTHER = Query("elcykel test", "sv", "se")
FETCHED = (SearchHit(1, "https://fetched.se/", "Fetched", "å"),)
BROUGHT = (SearchHit(1, "https://brought.se/", "Brought", "ö"),)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Service:
    """A search service that notes what it is asked, and with how many sessions open."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.hits: tuple[SearchHit, ...] | None = FETCHED
        self.contexts = 0

    def results(self, query: Query) -> SearchResults:
        assert self.contexts == 0, "No session may be open during a call."
        self.asked.append(query)
        if self.hits is None:
            return SearchResults(query, None, NoResults.PROVIDER_DOWN, "serper", None, "Down.")
        return SearchResults(query, self.hits, None, "serper", "2026-11-22T12:00:00+00:00")


@pytest.fixture
def inner() -> Service:
    return Service()


@pytest.fixture
def new_search(app: Flask, inner: Service, job: Job) -> Callable[..., CachedSearch]:
    @contextmanager
    def context() -> Iterator[None]:
        inner.contexts += 1
        with app.app_context():
            yield
        inner.contexts -= 1

    def make(job_id: str = job.id) -> CachedSearch:
        return CachedSearch(inner, job_id, context)

    return make


NewSearch = Callable[..., CachedSearch]


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(StoredSearch)) or 0


def test_what_was_fetched_is_kept_and_not_paid_for_again(
    new_search: NewSearch, inner: Service
) -> None:
    first = new_search().results(QUERY)
    again = new_search("another job").results(QUERY)
    assert first.hits == again.hits == FETCHED
    assert (again.provider, again.query, len(inner.asked)) == ("serper", QUERY, 1)
    assert str(again.fetched_at).startswith("20")


@pytest.mark.parametrize(
    ("query", "is_same"),
    [
        (dataclasses.replace(QUERY, text=" bästa ELCYKEL"), True),
        (dataclasses.replace(QUERY, language="fi"), False),
        (dataclasses.replace(QUERY, country="fi"), False),
        (OTHER, False),
    ],
)
def test_a_search_is_the_same_by_words_language_and_country(
    new_search: NewSearch, inner: Service, query: Query, *, is_same: bool
) -> None:
    new_search().results(QUERY)
    new_search().results(query)
    assert len(inner.asked) == (1 if is_same else 2)


def test_after_a_day_the_service_is_asked_again_and_the_old_row_goes(
    new_search: NewSearch, inner: Service
) -> None:
    with time_machine.travel(NOON, tick=False):
        new_search().results(QUERY)
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        new_search().results(QUERY)
    assert len(inner.asked) == 1
    with time_machine.travel(NOON + timedelta(hours=24, seconds=1), tick=False):
        new_search().results(QUERY)
    assert (len(inner.asked), count()) == (2, 1)


def test_a_failure_is_passed_on_and_not_kept(new_search: NewSearch, inner: Service) -> None:
    inner.hits = None
    found = new_search().results(QUERY)
    assert (found.hits, found.reason, found.message) == (None, NoResults.PROVIDER_DOWN, "Down.")
    assert count() == 0
    inner.hits = FETCHED
    assert new_search().results(QUERY).hits == FETCHED


def test_a_search_that_found_nothing_is_kept_too(new_search: NewSearch, inner: Service) -> None:
    inner.hits = ()
    assert [new_search().results(QUERY).hits for _ in range(2)] == [(), ()]
    assert len(inner.asked) == 1


def test_brought_results_win_for_their_job_only(
    new_search: NewSearch, inner: Service, job: Job, admin: User
) -> None:
    new_search().results(QUERY)
    searches.bring(job.id, dataclasses.replace(QUERY, country="fi"), BROUGHT, by=admin)
    found = new_search().results(QUERY)
    assert (found.hits, found.provider, found.query) == (BROUGHT, None, QUERY)
    assert new_search("another job").results(QUERY).hits == FETCHED
    assert len(inner.asked) == 1


def test_results_brought_without_words_are_for_the_main_search(
    new_search: NewSearch, job: Job, admin: User
) -> None:
    searches.bring(job.id, Query(searches.MAIN, "sv", "se"), BROUGHT, by=admin)
    search = new_search()
    assert search.results(QUERY).hits == BROUGHT
    assert search.results(OTHER).hits == FETCHED


def test_only_ten_results_reach_the_engine(new_search: NewSearch, job: Job, admin: User) -> None:
    many = tuple(SearchHit(n, f"https://a.se/{n}", "T") for n in range(1, 31))
    row = searches.bring(job.id, QUERY, many, by=admin)
    assert new_search().results(QUERY).hits == many[:10]
    assert len(row.hits) == 30


def test_bringing_again_replaces_and_the_log_tells_both(job: Job, admin: User) -> None:
    for hits in (FETCHED, BROUGHT * 2):
        row = searches.bring(job.id, QUERY, hits, by=admin)
    assert [each.id for each in queries.brought_for(job.id)] == [row.id]
    assert (row.brought_by, row.provider) == ("admin@example.org", None)
    events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "search.bring"))
    assert [event.data for event in events] == [
        {"job_id": job.id, "results": 1},
        {"job_id": job.id, "results": 2},
    ]


def test_brought_results_outlive_the_day(
    new_search: NewSearch, inner: Service, job: Job, admin: User
) -> None:
    with time_machine.travel(NOON, tick=False):
        searches.bring(job.id, QUERY, BROUGHT, by=admin)
    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        new_search().results(OTHER)
        assert new_search().results(QUERY).hits == BROUGHT
    assert inner.asked == [OTHER]


def test_brought_results_can_be_withdrawn(job: Job, admin: User) -> None:
    row = searches.bring(job.id, QUERY, BROUGHT, by=admin)
    with pytest.raises(NotFound):
        searches.withdraw(row.id, job_id="another job", by=admin)
    searches.withdraw(row.id, job_id=job.id, by=admin)
    assert queries.brought_for(job.id) == []
    with pytest.raises(NotFound):
        searches.withdraw(row.id, job_id=job.id, by=admin)


def test_nothing_can_be_brought_for_no_job_nor_nothing_for_one(job: Job, admin: User) -> None:
    with pytest.raises(Invalid):
        searches.bring(job.id, QUERY, (), by=admin)
    with pytest.raises(NotFound):
        searches.bring("no such job", QUERY, BROUGHT, by=admin)
    assert count() == 0
