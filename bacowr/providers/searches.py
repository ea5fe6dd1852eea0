"""Search results for a job: those brought for it, those of the last day, else fetched and kept."""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bacowr.audit import service as audit
from bacowr.audit.service import Actor
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid, NotFound
from bacowr.engine.ports import Query, Search, SearchHit, SearchResults
from bacowr.engine.providers.search.hits import MOST
from bacowr.providers import queries
from bacowr.providers.models import SearchOrigin, StoredSearch

KEPT = timedelta(hours=24)
LONGEST_QUERY = 500
MAIN = ""  # A query without words stands for the order's main search, whatever its words will be.

Context = Callable[[], AbstractContextManager[object]]


@dataclass
class CachedSearch:
    """A Search for one job that asks the service behind it only for what isn't at hand.

    Results brought for the job win, then those that a service gave within a day, whichever job
    they were for. What a team paid for with its own key (`payer`) is that team's alone; what the
    installation paid for is everybody's. `context` opens a database session of its own; none is
    open during the call. What was fetched is kept at once, so that a job whose worker was killed
    doesn't pay twice.
    """

    inner: Search
    job_id: str
    context: Context
    team_id: str | None = None
    payer: str | None = None
    _has_asked: bool = field(default=False, init=False)

    def results(self, query: Query) -> SearchResults:
        """Give the first ten results of one query; the first query asked is the main one."""
        is_main, self._has_asked = not self._has_asked, True
        with self.context():
            at_hand = _at_hand(self, query, is_main=is_main)
        if at_hand is not None:
            return at_hand
        fetched = self.inner.results(query)
        if fetched.hits is not None:
            with self.context():
                keep(fetched, payer=self.payer)
        return fetched


def query_key(query: Query, payer: str | None = None) -> str:
    """Give the key of a search: equal for the same words, language, country and paying team."""
    own = () if payer is None else (payer,)
    return _hash(_words(query.text), query.language, query.country, *own)


def words_key(text: str) -> str:
    """Give the key of a search by its words alone: a person brings results for one market."""
    return _hash(_words(text))


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@transaction
def keep(results: SearchResults, *, payer: str | None = None) -> None:
    """Keep what a service gave for a day, and forget what is older; brought results stay.

    `payer` is the team that paid for it with its own key.
    """
    now = clock.now()
    db.session.execute(
        sa.delete(StoredSearch).where(
            StoredSearch.origin == SearchOrigin.FETCHED, StoredSearch.fetched_at < now - KEPT
        )
    )
    row = _row(results.query, results.hits or (), SearchOrigin.FETCHED)
    row.query_key = query_key(results.query, payer)
    row.provider, row.fetched_at = results.provider, now
    db.session.add(row)


@transaction
def bring(job_id: str, query: Query, hits: Sequence[SearchHit], *, by: Actor) -> StoredSearch:
    """Store results that a person brought for a job's search, in place of earlier ones for it.

    A query without words stands for the main search. The caller has made sure that the job is
    `by`'s to change. Raise Invalid without hits, and NotFound when the job is gone.
    """
    if not hits:
        raise Invalid("There are no results to bring.")
    row = _row(query, hits, SearchOrigin.BROUGHT)
    row.query_key = words_key(query.text)
    if earlier := queries.find_brought(job_id, row.query_key):
        db.session.delete(earlier)
    row.job_id, row.brought_by, row.fetched_at = job_id, by.email, clock.now()
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise NotFound("There is no such job.") from error
    audit.record("search.bring", row, actor=by, job_id=job_id, results=len(hits))
    return row


@transaction
def withdraw(search_id: str, *, job_id: str, by: Actor) -> None:
    """Take brought results back; raise NotFound when the job has no such ones."""
    row = db.session.get(StoredSearch, search_id)
    if row is None or row.job_id != job_id:
        raise NotFound("There are no such search results.")
    audit.record("search.withdraw", row, actor=by, job_id=job_id)
    db.session.delete(row)


def _row(query: Query, hits: Sequence[SearchHit], origin: SearchOrigin) -> StoredSearch:
    return StoredSearch(
        query_key=query_key(query),
        query=query.text[:LONGEST_QUERY],
        language=query.language,
        country=query.country,
        origin=origin,
        hits=[asdict(hit) for hit in hits],
    )


def _at_hand(search: CachedSearch, query: Query, *, is_main: bool) -> SearchResults | None:
    row = queries.find_brought(search.job_id, words_key(query.text))
    if row is None and is_main:
        row = queries.find_brought(search.job_id, words_key(MAIN))
    if row is None:
        keys = {query_key(query), query_key(query, search.team_id)}
        row = queries.find_fetched(keys, since=clock.now() - KEPT)
    return _results(row, query) if row else None


def _results(row: StoredSearch, query: Query) -> SearchResults:
    hits = tuple(SearchHit(**hit) for hit in row.hits[:MOST])
    return SearchResults(query, hits, None, row.provider, _moment(row.fetched_at))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
