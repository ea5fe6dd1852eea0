"""From a keyring to a search service that can be asked."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from bacowr.base import addresses, clock
from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, Query, Search, SearchResults
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.providers.search.asking import ServiceSearch
from bacowr.engine.providers.search.service import Access
from bacowr.engine.providers.search.services import SERVICES
from bacowr.providers.catalog import Kind
from bacowr.providers.credentials import find_first_opened
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.secrecy import KeyUnreadable

TEST_QUERY = Query("test", "en", "us")


class Found(NamedTuple):
    """A search service, and the team that pays for it alone; None when the installation does."""

    search: Search
    payer: str | None = None


def find_search(
    keyring: Keyring, outgoing: Outgoing, *, sleep: Callable[[float], object] = time.sleep
) -> Found:
    """Connect the preferred search service; without one, a Search that says why it has nothing.

    Reads the database, so it needs a context; what it returns doesn't.
    """
    try:
        found = find_first_opened(Kind.SEARCH, keyring)
    except KeyUnreadable as error:
        return Found(NoSearch(NoResults.KEY_REFUSED, error.message))
    if found is None:
        return Found(NoSearch())
    payer = keyring.team_id if found.where is Where.TEAM else None
    return Found(connected(found, outgoing, sleep=sleep), payer)


def connected(
    found: Opened, outgoing: Outgoing, *, sleep: Callable[[float], object] = time.sleep
) -> Search:
    """Connect one search service."""
    asked = SERVICES[found.provider.value]
    return ServiceSearch(
        service=asked,
        access=Access(found.base_url or asked.base_url, found.key),
        outgoing=way_to(found, outgoing),
        clock=clock.now,
        sleep=sleep,
    )


def way_to(found: Opened, outgoing: Outgoing) -> Outgoing:
    """Give the way out to a service: an address that the operator set may be a private one."""
    if found.where is not Where.ENVIRONMENT or found.base_url is None:
        return outgoing
    own = addresses.host_and_port(urlsplit(found.base_url))
    return replace(outgoing, allow_hosts=outgoing.allow_hosts | {own})


def try_out(search: Search) -> SearchResults:
    """Ask a service for one search, as a test of its key; it may cost as much as any search."""
    return search.results(TEST_QUERY)
