"""The review of a batch in a real browser: from item to item and decided by keyboard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.review import service
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.engine.order import Order
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus
from tests.browser.conftest import ADMIN, EDITOR, House, NewPage, Watched, in_thread
from tests.plugins.application import PASSWORD, settings_in

NUMBER = 4


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Flask:
    """The application with two people."""
    made = settings_in(tmp_path_factory.mktemp("reviewing"))
    shutil.copy(migrated_sqlite, made.instance_dir)
    app = create_app(made)
    with app.app_context():
        accounts.create_user(EDITOR, role=Role.EDITOR, password=PASSWORD)
        accounts.create_user(ADMIN, role=Role.ADMIN, password=PASSWORD)
    return app


@pytest.fixture(scope="module")
def house(desk: Flask) -> Iterator[House]:
    """The same, served to the loopback."""
    with ExitStack() as stack:
        server = make_server("127.0.0.1", 0, desk, threaded=True)
        stack.enter_context(in_thread(server.serve_forever, server.shutdown))
        stack.callback(server.server_close)
        yield House(f"http://127.0.0.1:{server.server_port}", "", "", threading.Event())


@transaction
def fill() -> str:
    """Make a batch whose jobs have all ended, and give its id."""
    owner = db.session.scalars(sa.select(User).where(User.email == EDITOR)).one()
    batch = Batch(owner_id=owner.id, name="Night", status=BatchStatus.READY_FOR_REVIEW)
    db.session.add(batch)
    db.session.flush()
    for row in range(NUMBER):
        db.session.add(
            Job(
                owner_id=owner.id,
                batch_id=batch.id,
                batch_row=row,
                **asdict(
                    Order(f"publisher-{row}.example", "https://shop.example/guide", f"anchor {row}")
                ),
                status=JobStatus.DELIVERED,
                finished_at=clock.now(),
                qc_status=QcStatus.PASS,
                qc_score=float(90 + row),
            )
        )
    return batch.id


@pytest.fixture
def address(desk: Flask) -> str:
    with desk.app_context():
        return f"/batches/{fill()}/review"


def test_a_batch_is_decided_by_keyboard(editor: Watched, address: str) -> None:
    page = editor.page
    editor.go(address)
    title = page.locator("#desk-title")
    expect(title).to_have_text("publisher-0.example")
    page.keyboard.press("j")
    expect(title).to_have_text("publisher-1.example")
    page.keyboard.press("k")
    expect(title).to_have_text("publisher-0.example")
    page.keyboard.press("a")
    expect(title).to_have_text("publisher-1.example")
    expect(page.locator("#tally")).to_contain_text("1 approved")
    page.keyboard.press("x")
    expect(page.locator("#reject-note")).to_be_focused()
    page.keyboard.type("Off topic")
    page.keyboard.press("Control+Enter")
    expect(title).to_have_text("publisher-2.example")
    expect(page.locator("#tally")).to_contain_text("1 rejected")
    page.keyboard.press("u")
    expect(title).to_have_text("publisher-1.example")
    expect(page.locator("#tally")).to_contain_text("0 rejected")


def test_a_batch_closes_with_its_last_item(editor: Watched, address: str) -> None:
    page = editor.page
    editor.go(address)
    title = page.locator("#desk-title")
    expect(title).to_have_text("publisher-0.example")
    page.keyboard.press("?")
    expect(page.locator("#review-keys")).to_be_visible()
    page.keyboard.press("Escape")
    for number in (1, 2, 3):
        page.keyboard.press("a")
        expect(page.locator("#tally")).to_contain_text(f"{number} approved")
        expect(title).to_have_text(f"publisher-{number}.example")
    page.keyboard.press("a")
    expect(page.locator("#tally")).to_contain_text("Completed.")


def test_somebody_who_was_faster_is_named(editor: Watched, desk: Flask, address: str) -> None:
    page = editor.page
    editor.expected |= {409}
    editor.go(address)
    expect(page.locator("#desk-title")).to_have_text("publisher-0.example")
    item_id = page.locator("[data-on-desk]").get_attribute("data-on-desk")
    with desk.app_context():
        admin = db.session.scalars(sa.select(User).where(User.email == ADMIN)).one()
        batch = db.session.get_one(Batch, address.split("/")[2])
        choice = Choice(Verb.REJECT, 1, "Too thin")
        service.decide(batch, item_id or "", choice, by=admin)
    page.keyboard.press("a")
    expect(page.locator("#refused")).to_contain_text(f"{ADMIN} rejected it while you looked")
    expect(page.locator("#tally")).to_contain_text("1 rejected")


@pytest.mark.parametrize("width", [1280, 390])
def test_many_are_chosen_at_once(new_page: NewPage, address: str, width: int) -> None:
    watched = new_page(width=width)
    watched.sign_in()
    page = watched.page
    watched.go(address)
    expect(page.locator("#desk-title")).to_be_visible()
    page.locator("[data-all]").check()
    expect(page.locator("[data-chosen]")).to_have_text("4 chosen")
    page.locator("#bulk button[value=approve]").click()
    expect(page.locator("#bulk-told")).to_contain_text("4 of 4 done")
    expect(page.locator("#tally")).to_contain_text("Completed.")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(wide) is False
