"""The library of placements in the browser."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.backlinks import queries, service
from bacowr.backlinks.filters import Filters
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.base.db import transaction
from bacowr.engine.terms import Rel
from tests.web.conftest import Browser, NewBrowser

DEAL = {
    "publisher_domain": "publisher.se",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
}
EVIL = '"><script>alert(1)</script>'


@transaction
def make_red(deal: Backlink) -> None:
    """Write what only an import of a history may."""
    service.change(deal, {"agreed_rel": Rel.FOLLOW, "rel_reason": None}, actor="test")


def test_an_empty_library_tells_how_to_begin(browser: Browser, new_browser: NewBrowser) -> None:
    page = browser.get("/backlinks").text
    assert "flask backlinks import" in page
    assert 'href="/backlinks/new"' in page
    viewer = new_browser("viewer@example.org", role=Role.VIEWER)
    assert "An editor can add them" in viewer.get("/backlinks").text
    assert viewer.get("/backlinks/new").status_code == 403


def test_a_deal_is_added_changed_and_published(browser: Browser, editor: User) -> None:
    answer = browser.post("/backlinks", DEAL | {"price": "1500", "currency": "SEK", "tags": "a, b"})
    path = answer.location
    page = browser.get(path).text
    assert "1,500.00 SEK" in page
    form = browser.get(f"{path}/edit").text
    assert 'value="1500.00"' in form
    changed = browser.post(path, DEAL | {"version": "1", "notes": EVIL})
    assert changed.location == path
    assert EVIL not in browser.get(path).text
    stale = browser.post(path, DEAL | {"version": "1", "notes": "b"})
    assert stale.status_code == 409
    assert "meanwhile" in stale.text
    refused = browser.post(f"{path}/move", {"placement": "published"})
    assert refused.status_code == 422
    moved = {"placement": "published", "publisher_url": "https://publisher.se/a"}
    assert browser.post(f"{path}/move", moved).location == path
    deal = queries.get(path.rpartition("/")[2], owner=editor)
    assert deal.placement is Placement.PUBLISHED
    assert browser.post(f"{path}/move", {"placement": "agreed"}).status_code == 409
    assert browser.post(f"{path}/delete").location == "/backlinks"
    assert browser.get(path).status_code == 404


def test_faults_come_back_with_what_was_written(browser: Browser) -> None:
    paid = {"deal_type": "paid", "agreed_rel": "follow"}
    page = browser.post("/backlinks", DEAL | paid | {"target_url": EVIL})
    assert page.status_code == 422
    assert "needs a written reason" in page.text
    assert EVIL not in page.text
    browser.post("/backlinks", DEAL)
    again = browser.post("/backlinks", DEAL | {"notes": "x"})
    assert again.status_code == 409
    assert browser.post("/backlinks", DEAL | {"notes": "x", "as_new": "true"}).status_code == 303


def test_the_list_is_searched_saved_and_taken_out(browser: Browser, editor: User) -> None:
    for number in range(60):
        fields = DEAL | {"target_url": f"https://shop.se/{number}", "customer": "Kund AB"}
        service.create(fields, owner=editor)
    service.create(DEAL | {"anchor_text": "=HYPERLINK(1)", "tags": ["x"]}, owner=editor)
    assert "of 61" in browser.get("/backlinks").text
    found = browser.get("/backlinks?tag=x&page=9", htmx=True).text
    assert "of 1<" in found
    assert "<html" not in found
    browser.post("/backlinks/views", {"tag": "x", "name": "Tagged"})
    assert 'href="/backlinks?tag=x"' in browser.get("/backlinks").text
    (view,) = queries.views_of(editor)
    rows = list(csv.DictReader(io.StringIO(browser.get("/backlinks/export.csv?tag=x").text[1:])))
    assert [row["anchor_text"] for row in rows] == ["'=HYPERLINK(1)"]
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/backlinks/export.xlsx").data))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == 62
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {
        "inlineStr",
        "s",
        "n",
    }
    browser.post(f"/backlinks/views/{view.id}/delete")
    assert queries.views_of(editor) == []
    assert "Nothing matches" in browser.get("/backlinks?search=zzz").text


def test_red_ones_are_red_and_figures_say_whose_custom_they_are(
    app: Flask, browser: Browser, editor: User
) -> None:
    del app
    for number in range(20):
        kind = {"anchor_type": "exact" if number < 3 else "brand", "anchor_text": f"a {number}"}
        service.create(DEAL | kind, owner=editor)
    deal = service.create(DEAL | {"deal_type": "paid", "rel_reason": "x"}, owner=editor)
    make_red(deal)
    assert queries.count_owned_by(editor, Filters(is_red=True)) == 1
    assert "No reason" in browser.get("/backlinks?is_red=1").text
    assert "nobody wrote down why" in browser.get(f"/backlinks/{deal.id}").text
    page = browser.get("/backlinks/statistics").text
    assert "industry custom, not a Google number" in page
    assert "15%, over budget" in page
    assert re.search(r"1 red", page)


def test_a_similar_one_is_an_order_filled_in(browser: Browser, editor: User) -> None:
    deal = service.create(DEAL | {"deal_type": "paid"}, owner=editor)
    found = re.search(r'href="(/jobs/new\?[^"]+)"', browser.get(f"/backlinks/{deal.id}").text)
    assert found
    assert 'value="heat pumps"' in browser.get(found[1].replace("&amp;", "&")).text
