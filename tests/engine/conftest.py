"""Saved public pages on local web servers, and a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from bacowr.base.http import Outgoing
from bacowr.engine.brief.wording import say
from bacowr.engine.order import Order
from bacowr.engine.page.reading import Reading, read
from bacowr.engine.ports import Page, Ports, Source
from bacowr.engine.providers.no_search import NoSearch
from bacowr.engine.providers.web import WebPages
from bacowr.engine.shapes import Json
from tests.plugins import whole_run
from tests.plugins.sites import Site

PAGES = Path(__file__).parent / "pages"
MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def still() -> datetime:
    return MOMENT


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return still


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, HTTPServer]]:
    """Run two web servers for all tests, because stopping one takes half a second."""
    with HTTPServer(host="localhost", port=0) as one, HTTPServer(host="127.0.0.1", port=0) as two:
        yield {"publisher": one, "target": two}


@pytest.fixture
def publisher_site(servers: dict[str, HTTPServer]) -> Site:
    """Serve at `localhost`, the publisher's name in these tests."""
    return emptied(servers["publisher"])


@pytest.fixture
def target_site(servers: dict[str, HTTPServer]) -> Site:
    """Serve at `127.0.0.1`, the target's name in these tests."""
    return emptied(servers["target"])


def emptied(server: HTTPServer) -> Site:
    server.clear()
    server.no_handler_status_code = 404
    return Site(server)


@pytest.fixture
def outgoing(publisher_site: Site, target_site: Site) -> Outgoing:
    return Outgoing(frozenset({publisher_site.host, target_site.host}))


@pytest.fixture
def ports(outgoing: Outgoing) -> Ports:
    return Ports(fetch=WebPages(outgoing, still), search=NoSearch(), clock=still)


@pytest.fixture
def sqlite_site(publisher_site: Site) -> Site:
    """Serve SQLite's documentation as the publisher."""
    return with_sqlite(publisher_site)


@pytest.fixture
def theory_url(target_site: Site) -> str:
    """Serve the time zone database's theory page as the target."""
    return with_theory(target_site)


def with_sqlite(site: Site) -> Site:
    for file in (PAGES / "sqlite").glob("*.html"):
        path = "/" if file.stem == "index" else f"/{file.name}"
        site.page(path, file.read_text(encoding="utf-8"))
    return site


def with_theory(site: Site) -> str:
    html = (PAGES / "tz" / "theory.html").read_text(encoding="utf-8")
    return site.page("/tz/theory.html", html)


@pytest.fixture(scope="session")
def finished(servers: dict[str, HTTPServer]) -> dict[str, Json]:
    """Run one order on the public pages, once for all tests that only look at what came out."""
    publisher, target = emptied(servers["publisher"]), emptied(servers["target"])
    order = Order("localhost", with_theory(target), "time zone database")
    fetch = WebPages(Outgoing(frozenset({with_sqlite(publisher).host, target.host})), still)
    return whole_run.run(order, Ports(fetch=fetch, search=NoSearch(), clock=still))


@pytest.fixture
def order(sqlite_site: Site, theory_url: str) -> Order:
    """Order an article on SQLite's site that links to the theory page."""
    assert sqlite_site
    return Order("localhost", theory_url, "time zone database")


@pytest.fixture
def small_order(publisher_site: Site, target_site: Site) -> Order:
    """Order an article on a small site of one page and one article; the target is `/page`."""
    publisher_site.page(
        "/", "<html lang='en'><p>Welcome.</p><a href='/an-article-on-time'>An article on time</a>"
    )
    publisher_site.page("/an-article-on-time", "<title>On time</title><p>Time is what passes.</p>")
    url = target_site.page("/page", "<title>Clocks</title><p>A clock tells the time of day.</p>")
    return Order("localhost", url, "time zone database")


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """Read a page from its HTML."""

    def make(html: str, url: str = "https://site.example/page") -> Reading:
        return read(Page(Source(url, url, MOMENT.isoformat(), status=200), html))

    return make


@pytest.fixture(params=["sv", "en"])
def wording(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Say a phrase, in each language."""
    return lambda key, **values: say(request.param, key, **values)
