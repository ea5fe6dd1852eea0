"""From a keyring to a search service that can be asked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bacowr.audit.service import Actor
from bacowr.base import addresses, clock
from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, Query, Search
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.providers.search.asking import ServiceSearch
from bacowr.engine.providers.search.hits import MOST
from bacowr.engine.providers.search.service import Access
from bacowr.engine.providers.search.services import SERVICES
from bacowr.providers import service
from bacowr.providers.catalog import TRAITS, Kind, Provider
from bacowr.providers.credentials import find_first_opened, open_credential
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.secrecy import KeyUnreadable

TEST_QUERY = Query("test", "en", "us")


@dataclass(frozen=True)
class Checked:
    """What a test of a service's key said, in one sentence without any secret.

    `is_right` is None when the service gave no answer from which it could be told.
    """

    is_right: bool | None
    message: str


def find_search(
    keyring: Keyring, outgoing: Outgoing, *, sleep: Callable[[float], object] = time.sleep
) -> Search:
    """Connect the preferred search service; without one, a Search that says why it has nothing.

    Reads the database, so it needs a context; what it returns doesn't.
    """
    try:
        found = find_first_opened(Kind.SEARCH, keyring)
    except KeyUnreadable as error:
        return NoSearch(NoResults.KEY_REFUSED, error.message)
    return NoSearch() if found is None else connected(found, outgoing, sleep=sleep)


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


def check_search(
    provider: Provider, *, keyring: Keyring, outgoing: Outgoing, by: Actor | None
) -> Checked:
    """Ask a search service for one search, and note what came of it with its key.

    It may cost as much as any search. Raise Conflict when the service isn't connected.
    """
    found = open_credential(provider, keyring)
    results = connected(found, outgoing).results(TEST_QUERY)
    label = TRAITS[provider].label
    if results.hits is None:
        is_right = False if results.reason is NoResults.KEY_REFUSED else None
        checked = Checked(is_right, results.message or f"{label} did not answer.")
    else:
        told = f"{label} answers: {len(results.hits)} of at most {MOST} results."
        checked = Checked(is_right=True, message=told)
    service.record_test(
        provider, ok=checked.is_right, message=checked.message, keyring=keyring, by=by
    )
    return checked
