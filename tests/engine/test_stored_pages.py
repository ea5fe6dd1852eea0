"""Pages from a folder, and the demo sites that come with the product."""

import tomllib
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine import urls
from bacowr.engine.ports import Fault, Origin, Page, Source
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.providers.stored import DemoOr, StoredPages, demo_pages

Clock = Callable[[], datetime]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("<p>Sida.</p>", encoding="utf-8")
    (tmp_path / "index.toml").write_text(
        '[[pages]]\nurl = "https://a.example/x"\nfile = "a.html"\n'
        '[[pages]]\nurl = "https://a.example/gone"\nfile = "a.html"\nstatus = 410\n',
        encoding="utf-8",
    )
    return tmp_path


def test_a_stored_page_is_found_under_any_spelling(folder: Path, clock: Clock) -> None:
    found = StoredPages(folder, clock).get("http://www.a.example/x/?utm_source=z")
    assert found.html == "<p>Sida.</p>"
    assert found.source.usable
    assert found.source.origin is Origin.STORED
    assert found.source.sha256


def test_a_stored_status_is_kept(folder: Path, clock: Clock) -> None:
    source = StoredPages(folder, clock).get("https://a.example/gone").source
    assert (source.status, source.fault) == (410, Fault.STATUS)


def test_a_page_that_is_not_stored_says_so(folder: Path, clock: Clock) -> None:
    source = StoredPages(folder, clock).get("https://a.example/other").source
    assert source.fault is Fault.NOT_STORED
    assert source.status is None


def test_the_demo_sites_take_no_address_from_the_real_web(clock: Clock) -> None:
    class Real:
        def home_urls(self, domain: str) -> tuple[str, ...]:
            return (f"real:{domain}",)

        def get(self, url: str) -> Page:
            return Page(Source(url, url, "", status=200), "real")

    fetch = DemoOr(demo_pages(clock), Real())
    assert fetch.get("https://varmebutiken.example/guider/valja-luftvarmepump").source.origin is (
        Origin.DEMO
    )
    assert fetch.home_urls("hemochhushall.example") == ("https://hemochhushall.example/",)
    assert fetch.get("https://other.example/").html == "real"
    assert fetch.get("https://site.se/").html == "real"
    assert fetch.home_urls("site.se") == ("real:site.se",)


def test_every_demo_page_is_marked_made_up_and_reachable(clock: Clock) -> None:
    demo = Path(str(resources.files("bacowr.engine") / "demo"))
    index = tomllib.loads((demo / "index.toml").read_text(encoding="utf-8"))
    listed = {each["file"] for each in index["pages"]}
    assert index["demo"]
    assert listed == {each.name for each in demo.glob("*.html")}
    for each in index["pages"]:
        assert urls.host_of(each["url"]).endswith(".example")
        page = demo_pages(clock).get(each["url"])
        assert "Påhittad sida för demo" in page.html


def test_an_installation_without_keys_has_neither_search_nor_writer(clock: Clock) -> None:
    ports = installed_ports(Outgoing(), clock)
    assert ports.writer is None
    assert ports.fetch.home_urls("a.se")[0] == "https://a.se/"
