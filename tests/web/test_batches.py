"""Batches in a browser: a sheet brought, looked over and started; a batch watched and steered."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.batches import dispatching, service
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.service import Pace, Plan
from bacowr.intake.models import ImportRun
from bacowr.jobs.holds import Wanted
from bacowr.jobs.models import Job
from bacowr.jobs.spending import ModelCall
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import ORDER
from tests.web.conftest import Browser

SHEET = (
    "Publisher;Targeting URL;Anchor;strategy\n"
    "one.example;https:/shop.example/guide;värmepump;single_shot\n"
    "two.example;https://shop.example/guide;read more;\n"
    "two.example;https://shop.example/guide?utm_source=x;read more;\n"
    "https://bad host;ftp://x;;sometimes\n"
)
START = {"name": "Tonight", "parallel": "3", "starts_per_minute": "10", "cap_usd": ""}


def post_file(browser: Browser, data: bytes, name: str = "orders.csv") -> str:
    answer = browser._open(
        "/batches/sheets",
        method="POST",
        htmx=False,
        data={"csrf_token": browser.token(), "file": (io.BytesIO(data), name)},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def paste(browser: Browser, rows: str = SHEET) -> str:
    answer = browser.post("/batches/sheets", {"rows": rows})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def jobs() -> list[Job]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Job).order_by(Job.batch_row)))


def the_batch() -> Batch:
    db.session.expire_all()
    return db.session.scalars(sa.select(Batch)).one()


@pytest.fixture
def batch(app: Flask, editor: User) -> Batch:
    del app
    wanted = [Wanted(dataclasses.replace(ORDER, anchor_text=f"anchor {n}"), n, 0.5) for n in (2, 3)]
    return service.create(wanted, Plan("The night", Pace(1, 10, 3.0)), owner=editor)


def test_without_batches_the_page_says_how_to_begin(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    page = browser.get("/batches").text
    assert "Many orders in one go" in page
    assert "/batches/new" in page


def test_a_sheet_is_looked_over_and_nothing_is_ordered(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    page = browser.get(paste(browser)).text
    assert "2 orders would be made" in page
    assert "Row 3 is the same." in page
    parts = dict(re.findall(r">([A-Za-z ]+) <span class=\"muted\">(\d+)</span></a>", page))
    assert parts == {"All": "4", "To be ordered": "2", "Faults": "1", "Duplicates": "1"}
    assert "Give the domain without http://" in page or "domain" in page
    assert "https://shop.example/guide" in page
    assert "Choose one of multi_stage, single_shot." in page
    assert not jobs()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ModelCall)) == 0


def test_starting_makes_the_batch_once(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = post_file(browser, SHEET.encode("cp1252"))
    answer = browser.post(f"{address}/start", START | {"when": "now"})
    assert answer.status_code == 303
    assert [each.publisher_domain for each in jobs()] == ["one.example", "two.example"]
    assert all(each.is_held for each in jobs())
    assert browser.post(f"{address}/start", START | {"when": "now"}).status_code == 409
    assert len(jobs()) == 2
    assert post_file(browser, SHEET.encode("cp1252")) == address
    page = browser.get(address).text
    assert "Bringing it again changes nothing" in page
    assert "would be made" not in page


def test_a_batch_can_be_scheduled_by_the_clock_of_a_zone(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = paste(browser)
    start = START | {"when": "later", "time_zone": "Europe/Oslo"}
    assert (
        browser.post(f"{address}/start", start | {"start_at": "1999-01-01T23:00"}).status_code
        == 422
    )
    assert browser.post(f"{address}/start", start | {"start_at": "x"}).status_code == 422
    wrong = {"start_at": "tonight", "time_zone": "Mars/Olympus"}
    assert "Give a time zone" in browser.post(f"{address}/start", start | wrong).text
    assert not jobs()
    browser.post(f"{address}/start", start | {"start_at": "tonight"})
    batch = the_batch()
    assert batch.start_at
    page = browser.get(f"/batches/{batch.id}").text
    assert "23:00 Europe/Oslo" in page
    dispatching.dispatch()
    assert the_batch().status == BatchStatus.PENDING


def test_wrong_numbers_start_nothing_and_stay_in_the_form(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = paste(browser)
    answer = browser.post(f"{address}/start", START | {"parallel": "lots", "cap_usd": "nan"})
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text
    assert "Give a sum" in answer.text
    assert not jobs()


def test_a_person_says_which_column_is_which(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = paste(browser, "site\tpage\twords\na.example\thttps://b.example/c\tblue shoes\n")
    assert "No column holds the publisher." in browser.get(address).text
    columns = {"column-0": "publisher_domain", "column-1": "target_url", "column-2": "anchor_text"}
    browser.post(f"{address}/columns", columns | {"language": "da", "brief_only": "true"})
    browser.post(f"{address}/start", START | {"when": "now"})
    assert [(each.language, each.brief_only) for each in jobs()] == [("da", True)]


def test_rows_can_be_skipped_and_taken(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = paste(browser)
    page = browser.post(f"{address}/rows", {"skip": "2"}, htmx=True).text
    assert "1 order would be made" in page
    assert browser.post(f"{address}/rows?part=duplicate", {"take": "duplicates"}).status_code == 303
    assert "2 orders would be made" in browser.get(f"{address}?part=taken").text
    browser.post(f"{address}/rows", {"take": "5"})
    assert "2 orders would be made" in browser.get(f"{address}?part=faulty").text


def test_a_sheet_can_be_put_aside_and_brought_anew(browser: Browser, editor: User) -> None:
    del editor
    browser.sign_in()
    address = paste(browser)
    assert "Brought, and not decided on" in browser.get("/batches/new").text
    browser.post(f"{address}/discard")
    assert "put aside" in browser.get(address).text
    assert paste(browser) != address


@pytest.mark.parametrize("rows", ["", "publisher,target,anchor\n", '{"jobs": 1}'])
def test_what_is_no_sheet_is_told(browser: Browser, editor: User, rows: str) -> None:
    del editor
    browser.sign_in()
    answer = browser.post("/batches/sheets", {"rows": rows})
    assert answer.status_code == 422
    assert 'id="file-fault"' in answer.text


def test_a_batch_shows_its_rows_and_htmx_only_what_is_new(
    browser: Browser, editor: User, batch: Batch
) -> None:
    del editor
    browser.sign_in()
    page = browser.get(f"/batches/{batch.id}").text
    assert "anchor 2" in page
    assert "$0.00 of $3.00" in page
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    assert address
    again = address[1].replace("&amp;", "&")
    assert browser.get(again, htmx=True).status_code == 204
    dispatching.dispatch()
    assert "Running" in browser.get(again, htmx=True).text
    assert "Under way" in browser.get(f"/batches/{batch.id}?part=running").text
    assert "0 of 2" in browser.get("/batches", htmx=True).text


def test_a_batch_is_steered_from_its_page(browser: Browser, editor: User, batch: Batch) -> None:
    del editor
    browser.sign_in()
    for verb, status in (
        ("pause", BatchStatus.PAUSED),
        ("resume", BatchStatus.PENDING),
        ("cancel", BatchStatus.CANCELED),
    ):
        assert verb.capitalize() in browser.get(f"/batches/{batch.id}").text
        assert browser.post(f"/batches/{batch.id}/{verb}").status_code == 303
        assert the_batch().status == status
    assert browser.post(f"/batches/{batch.id}/retry", htmx=True).status_code == 409


def test_the_pace_is_changed_from_its_page(browser: Browser, editor: User, batch: Batch) -> None:
    del editor
    browser.sign_in()
    sent = {"parallel": "5", "starts_per_minute": "20", "cap_usd": "2,50"}
    assert browser.post(f"/batches/{batch.id}/pace", sent).status_code == 303
    assert (the_batch().parallel, the_batch().starts_per_minute) == (5, 20)
    assert "of $2.50" in browser.get(f"/batches/{batch.id}").text
    answer = browser.post(f"/batches/{batch.id}/pace", sent | {"parallel": "0"})
    assert answer.status_code == 422
    assert 'id="parallel-fault"' in answer.text


@pytest.mark.parametrize("path", ["", "/pause", "/resume", "/cancel", "/retry", "/pace"])
def test_somebody_elses_batch_is_not_found(
    browser: Browser, new_user: NewUser, batch: Batch, path: str
) -> None:
    new_user("other@example.org")
    browser.sign_in("other@example.org")
    address = f"/batches/{batch.id}{path}"
    answer = browser.post(address) if path else browser.get(address)
    assert answer.status_code == 404
    assert "The night" not in browser.get("/batches").text


def test_a_reader_watches_and_starts_nothing(browser: Browser, new_user: NewUser) -> None:
    new_user("reader@example.org", role=Role.VIEWER)
    browser.sign_in("reader@example.org")
    assert "An editor can start them" in browser.get("/batches").text
    assert browser.get("/batches/new").status_code == 403
    assert browser.post("/batches/sheets", {"rows": SHEET}).status_code == 403


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    del app
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_the_pages_take_as_many_statements_for_many_as_for_few(
    browser: Browser, editor: User, counted: list[str]
) -> None:
    browser.sign_in()
    numbers = []
    for many in (1, 30):
        for _ in range(3):
            wanted = [Wanted(ORDER, number, 0.1) for number in range(many)]
            batch = service.create(wanted, Plan("Many"), owner=editor)
        dispatching.dispatch()
        taken = []
        for address in ("/batches", f"/batches/{batch.id}"):
            counted.clear()
            assert browser.get(address).status_code == 200
            taken.append(len(counted))
        numbers.append(taken)
    assert numbers[0] == numbers[1]


def test_a_sheet_takes_as_many_statements_for_many_rows_as_for_few(
    browser: Browser, editor: User, counted: list[str]
) -> None:
    del editor
    browser.sign_in()
    taken = []
    for many in (2, 200):
        rows = "".join(f"p{n}.example,https://t.example/{n},anchor {n}\n" for n in range(many))
        address = paste(browser, f"publisher,target,anchor\n{rows}")
        browser.get(address)
        counted.clear()
        assert browser.get(address).status_code == 200
        taken.append(len(counted))
    assert taken[0] == taken[1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportRun)) == 2
