"""Asking for pages politely: robots.txt followed, one request per host at a time."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import (
    TIMEOUT_SECONDS,
    HttpAnswer,
    Outgoing,
    OutgoingError,
    TooLarge,
    TooManyRedirects,
    TooSlow,
)
from bacowr.engine.ports import Fault
from bacowr.engine.providers.robots import Robots, RobotsDisallow

_FAULTS: tuple[tuple[type[Exception], Fault], ...] = (
    (AddressRefused, Fault.ADDRESS),
    (RobotsDisallow, Fault.ROBOTS),
    (TooLarge, Fault.TOO_LARGE),
    (TooSlow, Fault.TIMEOUT),
    (TooManyRedirects, Fault.REDIRECTS),
    (OutgoingError, Fault.UNREACHABLE),
)


class HostLocks:
    """One lock per host, shared by every fetch of this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def of(self, url: str) -> threading.Lock:
        """Give the lock of an address's host."""
        with self._guard:
            return self._locks[urlsplit(url).netloc]


HOSTS = HostLocks()


@dataclass(frozen=True)
class Unfetched:
    """Why nothing came back for an address."""

    fault: Fault
    reason: str


@dataclass(frozen=True)
class Visitor:
    """Fetches pages through the guarded client; keeps what it has read of robots.txt."""

    outgoing: Outgoing
    timeout_seconds: float = TIMEOUT_SECONDS
    _robots: Robots = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_robots", Robots(self.outgoing))

    def fetch(self, url: str) -> HttpAnswer | Unfetched:
        """Ask for one page; every way to get no answer is told as a fault."""
        try:
            with HOSTS.of(url):
                self._robots.check(url)
                return self.outgoing.get(
                    url, timeout_seconds=self.timeout_seconds, before_redirect=self._robots.check
                )
        except (AddressRefused, RobotsDisallow, OutgoingError) as error:
            fault = next(each for kind, each in _FAULTS if isinstance(error, kind))
            return Unfetched(fault, str(error))
        except ValueError as error:
            return Unfetched(Fault.ADDRESS, f"The address can't be called: {error}")
