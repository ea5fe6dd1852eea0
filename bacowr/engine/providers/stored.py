"""Pages from a folder of saved HTML: the demo order, and reading without a network."""

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from bacowr.engine import urls
from bacowr.engine.ports import Fault, Fetch, Origin, Page, Source
from bacowr.engine.providers.decoding import decoded

OK = 200


@dataclass(frozen=True)
class StoredPages:
    """A Fetch over a folder with an `index.toml`: `[[pages]]` of url, file and status.

    `demo = true` in the index marks everything read here as made up.
    """

    folder: Path
    clock: Callable[[], datetime]
    _pages: dict[str, tuple[str, int]] = field(init=False)
    _origin: Origin = field(init=False)

    def __post_init__(self) -> None:
        index = tomllib.loads((self.folder / "index.toml").read_text(encoding="utf-8"))
        pages = {
            urls.comparable(each["url"]): (each["file"], each.get("status", OK))
            for each in index["pages"]
        }
        object.__setattr__(self, "_pages", pages)
        object.__setattr__(self, "_origin", Origin.DEMO if index.get("demo") else Origin.STORED)

    def has_host(self, host: str) -> bool:
        """Tell whether any page of a host is kept."""
        return any(urls.host_of(each) == host for each in self._pages)

    def home_urls(self, domain: str) -> tuple[str, ...]:
        """List where a domain's front page may be: one address, in a folder."""
        return (f"https://{domain}/",)

    def get(self, url: str) -> Page:
        """Read one page; one that is not kept is unusable and says so."""
        now = self.clock().isoformat(timespec="seconds")
        name, status = self._pages.get(urls.comparable(url), ("", 0))
        if not name:
            reason = "The page is not among the stored ones."
            return Page(Source(url, url, now, None, None, Fault.NOT_STORED, reason, self._origin))
        body = (self.folder / name).read_bytes()
        fault = None if status == OK else Fault.STATUS
        source = Source(
            url=url,
            final_url=url,
            fetched_at=now,
            status=status,
            sha256=hashlib.sha256(body).hexdigest(),
            fault=fault,
            reason=None if status == OK else f"The server answered {status}.",
            origin=self._origin,
        )
        return Page(source, "" if fault else decoded(body))


@dataclass(frozen=True)
class DemoOr:
    """A Fetch that serves the made-up demo sites from their folder and passes on all else.

    The demo sites end in `.example`, which no real site can (RFC 2606).
    """

    demo: StoredPages
    real: Fetch

    def home_urls(self, domain: str) -> tuple[str, ...]:
        """List where a domain's front page may be, likeliest first."""
        return self._of(domain).home_urls(domain)

    def get(self, url: str) -> Page:
        """Read one page, from the folder or from the web."""
        return self._of(urlsplit(url).hostname or "").get(url)

    def _of(self, host: str) -> Fetch:
        return self.demo if host.endswith(".example") and self.demo.has_host(host) else self.real


def demo_pages(clock: Callable[[], datetime]) -> StoredPages:
    """Open the demo sites that come with the product."""
    return StoredPages(Path(str(resources.files("bacowr.engine") / "demo")), clock)
