"""Calls to somebody else's web server: the only door out of the house.

Every hop of a redirect is checked, and the connection goes to the very IP address that was
checked, so that a name which changes its answer between check and call gains nothing.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

import requests  # noqa: TID251 - this module is the one door to the outside.
import urllib3
from requests_hardened.client import HTTPSession
from requests_hardened.config import Config
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused

USER_AGENT = "BACOWR/0.1 (reads public pages for research; follows robots.txt)"
MAX_REDIRECTS = 5
MAX_BYTES = 5 * 1024 * 1024
TIMEOUT_SECONDS = 15.0
CHUNK_BYTES = 64 * 1024


class OutgoingError(Exception):
    """A call that did not give an answer; the text says why in one sentence."""


class TooLarge(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The answer is larger than the limit."""


class TooSlow(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The answer was not complete when the time ran out."""


class TooManyRedirects(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The server sent the call onward too many times."""


class Unreachable(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The server could not be found, did not answer or broke off."""


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered, whatever its status."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[str, ...] = ()


@dataclass
class Call:
    """One call under way: its deadline and the sockets to shut when it passes."""

    deadline: float
    max_bytes: int
    sockets: list[socket.socket] = field(default_factory=list)

    def remaining_seconds(self) -> float:
        """Give the seconds left; raise TooSlow when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooSlow("The server took too long to answer.")
        return left

    def shut(self) -> None:
        """Shut every socket, so that whoever reads from one stops waiting."""
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Outgoing:
    """The way out: reads pages over http and https, and refuses to look inside the house.

    `allow_hosts` names `host:port` pairs that may be private and may use any port; it exists for
    development and tests.
    """

    allow_hosts: frozenset[str] = frozenset()
    user_agent: str = USER_AGENT

    def check_address(self, url: str) -> None:
        """Raise AddressRefused when an address may not be called; calls nobody but the resolver."""
        addresses.check(url, self.allow_hosts)

    def home_urls(self, domain: str) -> tuple[str, ...]:
        """List where a domain's front page may be, likeliest first.

        A domain named in `allow_hosts` is at the port named there, and nowhere else.
        """
        allowed = sorted(each for each in self.allow_hosts if each.rpartition(":")[0] == domain)
        if allowed:
            return tuple(f"http://{each}/" for each in allowed)
        return (f"https://{domain}/", f"https://www.{domain}/", f"http://{domain}/")

    def get(
        self,
        url: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        max_bytes: int = MAX_BYTES,
        before_redirect: Callable[[str], None] | None = None,
    ) -> HttpAnswer:
        """Fetch a page, following at most five redirects, within one overall time limit.

        `before_redirect` is asked about every further address and may raise to stop there. Raise
        AddressRefused for a forbidden address on any hop and an OutgoingError when there is no
        complete answer; a status like 404 is an answer.
        """
        call = Call(time.monotonic() + timeout_seconds, max_bytes)
        passed: list[str] = []
        here = url
        with self.session(call) as session:
            while True:
                if not addresses.check(here, self.allow_hosts):
                    raise Unreachable("The server's name could not be found.")
                answer, onward = _hop(session, here, call)
                if onward is None:
                    headers, status, body = answer
                    return HttpAnswer(url, here, status, headers, body, tuple(passed))
                passed.append(here)
                if len(passed) > MAX_REDIRECTS:
                    raise TooManyRedirects(f"The page redirects more than {MAX_REDIRECTS} times.")
                here = urljoin(here, onward)
                if before_redirect is not None:
                    before_redirect(here)

    @contextmanager
    def session(self, call: Call) -> Iterator[requests.Session]:
        """Open a session whose connections are checked, and shut when the call's time is up."""
        config = Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=None,
            user_agent_override=self.user_agent,
        )
        watchdog = threading.Timer(max(0.0, call.deadline - time.monotonic()), call.shut)
        watchdog.daemon = True
        with HTTPSession(config) as session:
            session.trust_env = False
            for host in self.allow_hosts:
                _open_to(session, host)
            for adapter in session.adapters.values():
                _watch(adapter, call)
            watchdog.start()
            try:
                yield session
            finally:
                watchdog.cancel()


def _open_to(session: requests.Session, host_and_port: str) -> None:
    """Let one named host be called even when it is private."""
    host, _, port = host_and_port.rpartition(":")
    host = f"[{host.strip('[]')}]" if ":" in host else host
    adapter = requests.adapters.HTTPAdapter()
    for scheme, own_port in addresses.SCHEMES.items():
        session.mount(f"{scheme}://{host}:{port}/", adapter)
        if str(own_port) == port:
            session.mount(f"{scheme}://{host}/", adapter)


def _watch(adapter: Any, call: Call) -> None:  # noqa: ANN401 - requests has no type for its mounts.
    """Check the address each connection is pinned to, and let the call know its socket.

    A server that sends one byte now and then never trips a socket's own time limit; shutting the
    socket at the deadline does.
    """
    pinned = isinstance(adapter, IPFilterAdapter)
    adapter.poolmanager.pool_classes_by_scheme = {
        "http": _watched_pool(HTTPConnectionPool, call, pinned=pinned),
        "https": _watched_pool(HTTPSConnectionPool, call, pinned=pinned),
    }


def _watched_pool(pool: Any, call: Call, *, pinned: bool) -> type:  # noqa: ANN401 - as above.
    def connect(connection: Any) -> None:  # noqa: ANN401 - two connection classes, one shape.
        if pinned and not addresses.is_public(ipaddress.ip_address(connection.host.strip("[]"))):
            raise AddressRefused("The host leads to a private or internal address.")
        pool.ConnectionCls.connect(connection)
        call.sockets.append(connection.sock)

    watched = type("WatchedConnection", (pool.ConnectionCls,), {"connect": connect})
    return type("WatchedPool", (pool,), {"ConnectionCls": watched})


_Answer = tuple[Mapping[str, str], int, bytes]


def _hop(session: requests.Session, url: str, call: Call) -> tuple[_Answer, str | None]:
    """Call one address; give the answer, or where it sends the caller."""
    left = call.remaining_seconds()
    try:
        with session.get(url, stream=True, timeout=left, allow_redirects=False) as response:
            headers = MappingProxyType({k.lower(): v for k, v in response.headers.items()})
            onward = session.get_redirect_target(response)
            body = b"" if onward else _read(response, call)
            return (headers, response.status_code, body), onward
    except InvalidIPAddress as error:
        raise AddressRefused(f"{url} leads to a private or internal address.") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        call.remaining_seconds()
        raise Unreachable("The server could not be reached or broke off.") from error


def _read(response: requests.Response, call: Call) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > call.max_bytes:
        raise TooLarge(f"The page is larger than {call.max_bytes:,} bytes.")
    chunks: list[bytes] = []
    size = 0
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        call.remaining_seconds()
        size += len(chunk)
        if size > call.max_bytes:
            raise TooLarge(f"The page is larger than {call.max_bytes:,} bytes.")
        chunks.append(chunk)
    call.remaining_seconds()
    return b"".join(chunks)
