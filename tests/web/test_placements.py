"""Placements from a file: looked over, mended, stored once, and the same file again."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.intake import service as intake
from bacowr.intake.models import ImportKind, ImportRun
from tests.web.conftest import Browser, NewBrowser

HEADINGS = "Publisher,Published URL,Target URL,Anchor text,Deal type,Agreed rel,Price,Currency\n"
SHEET = HEADINGS + (
    "one.example,https://one.example/a,https://shop.example/p,värmepump,editorial,follow,,\n"
    "two.example,https://two.example/b,https://shop.example/p,heat pump,paid,follow,1500,SEK\n"
    "two.example,https://two.example/b,https://shop.example/p,heat pump,paid,follow,1500,SEK\n"
    "three.example,https://three.example/c,ftp://x,heat pump,paid,sponsored,much,SEK\n"
)


def send(browser: Browser, data: bytes, name: str = "placements.csv") -> str:
    answer = browser._open(
        "/backlinks/import",
        method="POST",
        htmx=False,
        data={"csrf_token": browser.token(), "file": (io.BytesIO(data), name)},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def paste(browser: Browser, rows: str = SHEET) -> str:
    answer = browser.post("/backlinks/import", {"rows": rows})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def library() -> list[Backlink]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Backlink).order_by(Backlink.publisher_domain)))


def counts(page: str) -> dict[str, str]:
    """Give the figures of the parts of a file."""
    found = re.findall(r'>([A-Z][\w, ]+?) <span class="muted">([\d,]+)</span></a>', page)
    return dict(found)


def test_the_library_leads_to_it(browser: Browser, new_browser: NewBrowser) -> None:
    assert 'href="/backlinks/import"' in browser.get("/backlinks").text
    viewer = new_browser("viewer@example.org", role=Role.VIEWER)
    assert 'href="/backlinks/import"' not in viewer.get("/backlinks").text
    assert viewer.get("/backlinks/import").status_code == 403


def test_rows_are_looked_over_and_nothing_is_stored(browser: Browser) -> None:
    address = send(browser, SHEET.encode())
    page = browser.get(address).text
    assert "2 of 4 rows would change the library" in page
    assert counts(page) == {
        "All": "4",
        "To add": "2",
        "Known, the same": "1",
        "Fault": "1",
        "No reason": "1",
    }
    assert "<strong>Target URL</strong> <q" in page
    assert "Write a sum such as 1500" in page
    assert "The same link as in row 3." in page
    assert not library()
    assert "four.example" not in browser.get(f"{address}?part=faulty").text
    assert "Paid and followed, without a reason." in browser.get(f"{address}?part=red").text
    assert "No row of this file is in this part" in browser.get(f"{address}?part=skip").text


def test_the_rows_in_order_are_stored_once(browser: Browser) -> None:
    address = paste(browser)
    assert browser.post(f"{address}/store").status_code == 303
    assert [each.publisher_domain for each in library()] == ["one.example", "two.example"]
    page = browser.get(address).text
    assert "2 added, 0 overwritten" in page
    assert counts(page)["Added"] == "2"
    assert counts(page)["Left out"] == "1"
    assert browser.post(f"{address}/store").status_code == 409
    assert browser.post(f"{address}/discard").status_code == 409
    assert len(library()) == 2


def test_the_same_file_again_is_the_import_that_exists(browser: Browser) -> None:
    address = send(browser, SHEET.encode())
    assert send(browser, SHEET.encode()) == address
    assert "was brought before" in browser.get(address).text
    browser.post(f"{address}/store")
    assert send(browser, SHEET.encode(), "other name.csv") == address
    # Told in other bytes it is another file, whose rows are known.
    other = paste(browser, SHEET.replace(",", ";"))
    page = browser.get(other).text
    assert "0 of 4 rows would change the library" in page
    browser.post(f"{other}/store")
    assert len(library()) == 2


def test_a_file_that_was_put_aside_may_come_again(browser: Browser) -> None:
    address = paste(browser)
    assert "Brought, and not decided on" in browser.get("/backlinks/import").text
    assert browser.post(f"{address}/discard").location == "/backlinks/import"
    assert "This file was put aside" in browser.get(address).text
    assert paste(browser) != address
    assert not library()


def test_columns_are_named_by_hand_and_known_links_overwritten(
    browser: Browser, editor: User
) -> None:
    deal = {
        "publisher_url": "https://one.example/a",
        "target_url": "https://shop.example/p",
        "anchor_text": "heat pump",
        "notes": "Before.",
    }
    made = backlinks.create(deal, owner=editor)
    rows = (
        "Where,To,Words,Said\nhttps://one.example/a,https://shop.example/p,heat pump,After.\n"
        "https://two.example/a,https://shop.example/p,heat pump,New.\n"
    )
    address = paste(browser, rows)
    assert "No column holds:" in browser.get(address).text
    assert browser.post(f"{address}/store").status_code == 422
    form = {
        "column-0": "publisher_url",
        "column-1": "target_url",
        "column-2": "anchor_text",
        "column-3": "notes",
    }
    browser.post(f"{address}/columns", form)
    page = browser.get(address).text
    assert "1 of 2 rows would change the library" in page
    assert "and says otherwise" in page
    assert browser.post(f"{address}/columns", form | {"on_duplicate": "no"}).status_code == 422
    browser.post(f"{address}/columns", form | {"on_duplicate": "overwrite", "currency": "sek"})
    assert "2 of 2 rows would change the library" in browser.get(address).text
    browser.post(f"{address}/store")
    assert {each.notes for each in library()} == {"After.", "New."}
    assert made.id in {each.id for each in library()}


@pytest.mark.parametrize("rows", ["", "Publisher\n", "  "])
def test_what_is_no_table_is_refused_with_its_reason(browser: Browser, rows: str) -> None:
    answer = browser.post("/backlinks/import", {"rows": rows})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


def test_six_thousand_rows_are_taken_and_shown_in_pages(browser: Browser) -> None:
    rows = "".join(
        f"site{number}.example,,https://shop.example/p,anchor {number},,,,\n"
        for number in range(6_000)
    )
    address = paste(browser, HEADINGS + rows)
    page = browser.get(f"{address}?page=120").text
    assert "Page 120 of 120" in page
    assert "anchor 5999" in page
    browser.post(f"{address}/store")
    page = browser.get(address).text
    assert "6,000 added" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Backlink)) == 6_000


def test_others_files_and_job_sheets_are_not_found(
    browser: Browser, new_browser: NewBrowser, editor: User
) -> None:
    address = paste(browser)
    stranger = new_browser("stranger@example.org")
    for act in ("", "/store", "/discard", "/columns"):
        found = stranger.get(address) if not act else stranger.post(f"{address}{act}")
        assert found.status_code == 404
    orders = intake.take_in("Publisher\nx.se\n", "orders", ImportKind.ORDERS, owner=editor)
    assert browser.get(f"/backlinks/imports/{orders.id}").status_code == 404
    kinds = db.session.scalars(sa.select(ImportRun.kind)).all()
    assert sorted(kinds) == [ImportKind.ORDERS, ImportKind.PLACEMENTS]


def test_placements_are_never_taken_for_orders_nor_orders_for_placements(browser: Browser) -> None:
    placements = paste(browser).rpartition("/")[2]
    assert browser.get(f"/batches/sheets/{placements}").status_code == 404
    assert browser.post(f"/batches/sheets/{placements}/start", {}).status_code == 404
    assert browser.get(f"/api/v1/batches/imports/{placements}").status_code == 404
    orders = browser.post("/batches/sheets", {"rows": SHEET}).headers["Location"].rpartition("/")[2]
    assert browser.get(f"/batches/sheets/{orders}").status_code == 200
    assert browser.get(f"/backlinks/imports/{orders}").status_code == 404
