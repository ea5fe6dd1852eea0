"""What a site's robots.txt lets this product read (RFC 9309)."""

import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import Outgoing, OutgoingError

AGENT = "BACOWR"
KEPT_SECONDS = 3600
MAX_BYTES = 512 * 1024
TIMEOUT_SECONDS = 8.0

_ALLOW_ALL = ""
_DISALLOW_ALL = "User-agent: *\nDisallow: /"
_SERVER_ERROR = 500
_OK = 200


class RobotsDisallow(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """The site asks robots not to read this page."""


@dataclass
class Robots:
    """The robots.txt files read so far, each kept for an hour."""

    outgoing: Outgoing
    _kept: dict[str, tuple[float, Protego]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, url: str) -> None:
        """Raise RobotsDisallow when a page must not be read.

        A site without robots.txt allows everything; one whose robots.txt fails with a server
        error allows nothing (RFC 9309, 2.3.1). One that cannot be reached at all is left to the
        fetch of the page, which says so better.
        """
        rules = self._rules(url)
        if not rules.can_fetch(url, AGENT):
            raise RobotsDisallow("The site's robots.txt asks not to read this page.")

    def _rules(self, url: str) -> Protego:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            read_at, rules = self._kept.get(site, (0.0, None))
        if rules is None or time.monotonic() - read_at > KEPT_SECONDS:
            rules = Protego.parse(self._read(site))
            with self._lock:
                self._kept[site] = (time.monotonic(), rules)
        return rules

    def _read(self, site: str) -> str:
        try:
            answer = self.outgoing.get(
                f"{site}/robots.txt", timeout_seconds=TIMEOUT_SECONDS, max_bytes=MAX_BYTES
            )
        except (AddressRefused, OutgoingError):
            return _ALLOW_ALL
        if answer.status >= _SERVER_ERROR:
            return _DISALLOW_ALL
        return answer.body.decode("utf-8", "replace") if answer.status == _OK else _ALLOW_ALL
