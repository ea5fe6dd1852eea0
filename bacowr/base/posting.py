"""Sending something to somebody else's web server and reading the answer as it comes."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import urllib3
from requests_hardened.ip_filter import InvalidIPAddress

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.base.http import (
    CHUNK_BYTES,
    Call,
    HttpAnswer,
    Outgoing,
    OutgoingError,
    TooLarge,
    TooSlow,
    Unreachable,
)

CONNECT_SECONDS = 15.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BROKEN = (urllib3.exceptions.HTTPError, OSError)
_SILENT = (urllib3.exceptions.ReadTimeoutError, TimeoutError)


class BrokenOff(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The server was reached and broke off before its answer was whole; it may have acted."""


class Redirected(OutgoingError):  # noqa: N818 - named for what happened, as in base.errors.
    """The server sent the call onward, which nothing that was sent may follow."""


@dataclass(frozen=True)
class Post:
    """What is sent; address, headers and body may hold secrets and stay out of any repr.

    `method` is GET for a service that is asked by its address and headers alone.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"


@dataclass(frozen=True)
class Limits:
    """How long an answer may take as a whole and between two bytes, and how large it may be."""

    timeout_seconds: float = 180.0
    idle_seconds: float = 90.0
    max_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """An answer under way: its head, and its body in the chunks in which it comes.

    Reading `chunks` raises TooLarge, TooSlow or BrokenOff.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


def send(outgoing: Outgoing, post: Post, limits: Limits) -> HttpAnswer:
    """Post and read the whole answer; raise as `posted` does."""
    with posted(outgoing, post, limits) as reply:
        body = b"".join(reply.chunks)
    return HttpAnswer(post.url, post.url, reply.status, reply.headers, body)


@contextmanager
def posted(outgoing: Outgoing, post: Post, limits: Limits) -> Iterator[Reply]:
    """Post, and give the answer to read while it comes; whatever its status, it is an answer.

    Raise AddressRefused for an address that may not be called, Unreachable when there was no
    connection and so nothing was sent, BrokenOff when it broke after that, TooSlow past either
    time limit, and Redirected instead of sending anything onward.
    """
    if not addresses.check(post.url, outgoing.allow_hosts):
        raise Unreachable("The server's name could not be found.")
    call = Call(time.monotonic() + limits.timeout_seconds, limits.max_bytes)
    with outgoing.session(call) as session:
        left = call.remaining_seconds()
        with _translated(call):
            response = session.request(
                post.method,
                post.url,
                data=post.body,
                headers=dict(post.headers),
                stream=True,
                timeout=(min(CONNECT_SECONDS, left), min(limits.idle_seconds, left)),
                allow_redirects=False,
            )
        with closing(response):
            if response.status_code in REDIRECTS:
                raise Redirected("The server sends the call to another address.")
            headers = MappingProxyType({k.lower(): v for k, v in response.headers.items()})
            yield Reply(response.status_code, headers, _chunks(response, call))


def _chunks(response: Any, call: Call) -> Iterator[bytes]:  # noqa: ANN401 - base.http's own type.
    """Give the body as it comes, within the call's limits."""
    size = 0
    with _translated(call):
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            call.remaining_seconds()
            size += len(chunk)
            if size > call.max_bytes:
                raise TooLarge(f"The answer is larger than {call.max_bytes:,} bytes.")
            yield chunk
        call.remaining_seconds()


@contextmanager
def _translated(call: Call) -> Iterator[None]:
    """Say in our own words what went wrong below."""
    try:
        yield
    except InvalidIPAddress as error:
        raise AddressRefused("The host leads to a private or internal address.") from error
    except _BROKEN as error:
        call.remaining_seconds()
        if not call.sockets:
            raise Unreachable("The server could not be reached.") from error
        if isinstance(error, _SILENT) or _timed_out(error):
            raise TooSlow("The server fell silent.") from error
        raise BrokenOff("The server broke off.") from error


def _timed_out(error: BaseException) -> bool:
    """Tell whether a wait for the server's first words is what broke, however it is wrapped."""
    return any(isinstance(each, _SILENT) for each in (*error.args, error.__cause__))
