"""Not too fast: how often one key, person or address may ask for one kind of thing.

Several processes serve one installation and share only the database, so they count there. Writing a
row for every request would cost more than most requests do; a process therefore counts by itself
and brings its count to the database after every tenth of a limit, at the first request and when it
comes near. What is limited to ten or less is counted there each time, so that guesses are counted
exactly; of other limits, every process but one can let a tenth more through. A window begins at
the whole minute or hour, so that nobody has to store when it began.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, current_app, g, request

from bacowr.accounts import rates
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import QuotaSpent

V = TypeVar("V", bound=Callable[..., object])

LIMITED = "limited"
EXTENSION = "limits"
API = "/api/"
MINUTE, HOUR = 60, 3600
SHARE = 10
MOST_REMEMBERED = 20_000


class Bucket(StrEnum):
    """A kind of request that is counted together."""

    LOGIN = "login"
    REGISTER = "register"
    REFRESH = "refresh"
    PASSWORD = "password"  # noqa: S105  # A kind of request, not a password.
    JOBS = "jobs"
    LISTS = "lists"
    ANALYTICS = "analytics"
    EXPORT = "export"
    ADMIN = "admin"
    SEARCHES = "searches"
    TELLING = "telling"


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    requests: int
    seconds: int


# Domain 7, Rate Defaults.
LIMITS: dict[Bucket, Limit] = {
    Bucket.LOGIN: Limit(5, MINUTE),
    Bucket.REGISTER: Limit(3, HOUR),
    Bucket.REFRESH: Limit(10, MINUTE),
    Bucket.PASSWORD: Limit(3, HOUR),
    Bucket.JOBS: Limit(30, MINUTE),
    Bucket.LISTS: Limit(100, MINUTE),
    Bucket.ANALYTICS: Limit(60, MINUTE),
    Bucket.EXPORT: Limit(10, MINUTE),
    Bucket.ADMIN: Limit(100, MINUTE),
    Bucket.SEARCHES: Limit(20, HOUR),
    Bucket.TELLING: Limit(10, MINUTE),
}
MANAGING = ".manage"


@dataclass
class Count:
    """What one process knows of one subject: the total when it last asked, and its own since."""

    window: int
    total: int = 0
    own: int = 0


class Limits:
    """The counts of one process."""

    def __init__(self, *, is_on: bool = True, limits: dict[Bucket, Limit] | None = None) -> None:
        self.is_on = is_on
        self.limits = LIMITS if limits is None else limits
        self._counts: dict[tuple[Bucket, str], Count] = {}
        self._lock = threading.Lock()

    def take(self, bucket: Bucket, subject: str, *, now: float) -> tuple[int, int]:
        """Count one request; return how many more may come, and in how many seconds all may.

        The first is below 0 when this one is too much.
        """
        limit = self.limits[bucket]
        window = int(now) // limit.seconds * limit.seconds
        to_tell, count = self._count(bucket, subject, window, limit)
        if to_tell:
            total = rates.add(bucket, subject, window=window, requests=to_tell)
            with self._lock:
                count.total = max(count.total, total)
        return limit.requests - count.total - count.own, window + limit.seconds - int(now)

    def _count(self, bucket: Bucket, subject: str, window: int, limit: Limit) -> tuple[int, Count]:
        """Count for this process; return how many requests the database has to be told of."""
        step = max(limit.requests // SHARE, 1)
        with self._lock:
            if len(self._counts) > MOST_REMEMBERED:
                self._counts.clear()
            count = self._counts.get((bucket, subject))
            if count is None or count.window != window:
                count = self._counts[bucket, subject] = Count(window)
            count.own += 1
            if count.total > limit.requests:
                return 0, count  # Refused already: telling would only cost.
            if count.total and count.own < step and count.total + count.own < limit.requests:
                return 0, count
            told, count.own = count.own, 0
            return told, count


def limited(bucket: Bucket) -> Callable[[V], V]:
    """Declare that a view's requests are counted in this bucket, in whatever door."""

    def declare(view: V) -> V:
        setattr(view, LIMITED, bucket)
        return view

    return declare


def bucket_of(view: Callable[..., object], need: Permission | str) -> Bucket | None:
    """Return what the request is counted in; None for what is not counted.

    Pages are not, unless they say so: a person at a keyboard is quick, and signed in.
    """
    declared: Bucket | None = getattr(view, LIMITED, None)
    if declared is not None:
        return declared if request.method != "GET" or request.path.startswith(API) else None
    if not request.path.startswith(API) or not isinstance(need, Permission):
        return None
    return _bucket_of_path(request.path.removeprefix(API), need)


def _bucket_of_path(path: str, need: Permission) -> Bucket | None:
    if need.endswith(MANAGING):
        return Bucket.ADMIN
    if "export" in path:
        return Bucket.EXPORT
    if "analytics" in path or path.endswith("/stats"):
        return Bucket.ANALYTICS
    if need is Permission.JOBS_CREATE and request.method == "POST":
        return Bucket.JOBS
    return Bucket.LISTS if request.method == "GET" and not request.view_args else None


def check(view: Callable[..., object], need: Permission | str) -> None:
    """Count the request; raise QuotaSpent when it is one too many."""
    limits: Limits = current_app.extensions[EXTENSION]
    g.rate = None
    bucket = bucket_of(view, need) if limits.is_on else None
    if bucket is None or bucket not in limits.limits:
        return
    left, seconds = limits.take(bucket, g.subject, now=time.time())
    g.rate = (limits.limits[bucket].requests, max(left, 0), seconds)
    if left < 0:
        raise QuotaSpent(
            f"Too many requests of this kind. Try again in {seconds} seconds.",
            retry_after_seconds=seconds,
        )


def tell(response: Response) -> Response:
    """Put on the answer how many requests of its kind may still come."""
    rate: tuple[int, int, int] | None = g.get("rate")
    if rate is not None:
        for name, value in zip(("Limit", "Remaining", "Reset"), rate, strict=True):
            response.headers[f"RateLimit-{name}"] = str(value)
    return response


def open_for(app: Any, *, is_on: bool) -> None:  # noqa: ANN401  # Flask's, untyped extensions.
    """Let an application count requests, or not."""
    app.extensions[EXTENSION] = Limits(is_on=is_on)
    app.after_request(tell)
