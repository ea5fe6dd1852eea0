"""A person's part in an article, in a real browser: decide by keyboard, edit, sign, export."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base.db import db, transaction
from bacowr.engine.terms import DealType, Rel
from bacowr.jobs import sample, service
from bacowr.jobs.articles import editing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Opened, Where
from tests.browser.conftest import EDITOR, House, NewPage, Watched, in_thread
from tests.plugins.application import PASSWORD, settings_in
from tests.plugins.canned_writer import CannedWriter

CLAIM = "Enligt en undersökning sparar 87 procent av hushållen 12 000 kronor om året."
PLACE = "Vänta sedan en vecka."
DEAL = dataclasses.replace(
    sample.ORDER, deal_type=DealType.PAID, agreed_rel=Rel.SPONSORED, advertiser="Butiken AB"
)

NewArticle = Callable[..., str]
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Flask:
    """The application with a writer that needs no network."""
    made = settings_in(tmp_path_factory.mktemp("desk"))
    shutil.copy(migrated_sqlite, made.instance_dir)
    app = create_app(made)
    plain = app.extensions["equipment"]
    key = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, "sk-ant-0123456789")
    app.extensions["equipment"] = dataclasses.replace(
        plain,
        keyring=dataclasses.replace(plain.keyring, environment={Provider.ANTHROPIC: key}),
        build=lambda *_: CannedWriter("anthropic", "claude-sonnet-4-5"),
    )
    with app.app_context():
        accounts.create_user(EDITOR, role=Role.EDITOR, password=PASSWORD)
    return app


@pytest.fixture(scope="module")
def house(desk: Flask) -> Iterator[House]:
    """The same, served to the loopback."""
    with ExitStack() as stack:
        server = make_server("127.0.0.1", 0, desk, threaded=True)
        stack.enter_context(in_thread(server.serve_forever, server.shutdown))
        stack.callback(server.server_close)
        yield House(f"http://127.0.0.1:{server.server_port}", "", "", threading.Event())


@pytest.fixture
def new_article(desk: Flask) -> NewArticle:
    """A function that has an article written, and gives the order's address."""

    @transaction
    def mark_real(job: Job) -> None:
        db.session.execute(sa.update(Job).where(Job.id == job.id).values(is_demo=False))

    def make(*, claim: bool = False) -> str:
        with desk.app_context():
            owner = db.session.scalars(sa.select(User).where(User.email == EDITOR)).one()
            job = service.create(DEAL, owner=owner)
            equipment = desk.extensions["equipment"]
            runner = Runner("w1", desk.app_context, equipment, lease_seconds=60)
            assert runner.run(job.id)
            db.session.expire_all()
            mark_real(job)
            if claim:
                add_claim(job, owner)
            return f"/jobs/{job.id}"

    return make


def add_claim(job: Job, owner: User) -> None:
    """Put a claim into the text that no page bears out."""
    db.session.expire_all()
    base = versions.latest(job)
    assert base is not None
    editing.save(job, base.text.replace(PLACE, CLAIM), base_id=base.id, by=owner)


def test_findings_are_decided_by_keyboard(editor: Watched, new_article: NewArticle) -> None:
    page, path = editor.page, new_article(claim=True)
    editor.go(path)
    expect(page.locator("[data-undecided]")).to_have_count(2)
    page.keyboard.press("n")
    expect(page.locator(".finding.is-current")).to_have_attribute("data-undecided", "")
    expect(page.locator(".finding.is-current")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("[data-undecided]")).to_have_count(1)
    page.keyboard.press("n")
    page.keyboard.press("i")
    page.keyboard.type("Redaktören känner ämnet.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-undecided]")).to_have_count(0)
    expect(page.locator("#findings")).to_contain_text("Redaktören känner ämnet.")
    page.keyboard.press("?")
    expect(page.locator("#review-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("d")
    page.wait_for_url("**?view=versions")
    expect(page.locator("#difference")).to_contain_text("undersökning")


def test_a_mark_in_the_text_leads_to_its_evidence(editor: Watched, new_article: NewArticle) -> None:
    page, path = editor.page, new_article(claim=True)
    editor.go(path)
    page.locator("mark", has_text="undersökning").first.click()
    expect(page.locator(".finding.is-current")).to_contain_text("No read page bears this out.")
    expect(page.locator("mark.is-current").first).to_be_visible()


def test_an_edit_is_checked_while_it_is_typed(editor: Watched, new_article: NewArticle) -> None:
    page, path = editor.page, new_article()
    editor.go(path)
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    expect(page.locator("#checked")).to_contain_text("Needs sign-off")
    expect(page.locator("#checked")).not_to_contain_text("undersökning")
    page.locator("#markdown").press("Control+End")
    page.keyboard.type(f"\n\n{CLAIM}")
    expect(page.locator("#checked .unsupported").first).to_have_text("undersökning")
    expect(page.locator("#saved-state")).to_have_text("Not saved")
    page.locator("#checked [data-goes]", has_text="in the text").last.click()
    chosen = "const a = document.querySelector('#markdown');"
    chosen += "a.value.slice(a.selectionStart, a.selectionEnd)"
    assert page.evaluate(chosen) == CLAIM
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # Playwright's dialog.
        dialog.dismiss()  # type: ignore[attr-defined]  # As above.

    page.once("dialog", stay)
    page.click("text=Back")
    expect(page.locator("#markdown")).to_be_visible()
    assert asked == ["beforeunload"]
    page.click("text=Save as version 2")
    page.wait_for_url("**?view=article")
    expect(page.locator(".prose")).to_contain_text("87 procent")


def test_an_article_is_signed_and_exported(editor: Watched, new_article: NewArticle) -> None:
    page, path = editor.page, new_article()
    editor.go(path)
    page.keyboard.press("n")
    page.keyboard.press("a")
    expect(page.locator("[data-undecided]")).to_have_count(0)
    page.keyboard.press("s")
    for step in ("facts", "compliance"):
        form = page.locator(f"#sign-{step}")
        expect(form).to_be_visible()
        for box in form.locator("input[type=checkbox]").all():
            box.check()
        form.get_by_role("button", name="Sign as").click()
        expect(form).to_have_count(0)
    expect(page.locator("#live")).to_have_text("Delivered")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename.startswith("utkast-ai-claude-sonnet-4-5")


def test_a_phone_shows_text_and_evidence_whole(new_page: NewPage, new_article: NewArticle) -> None:
    phone = new_page(width=390, height=800, dark=True)
    phone.sign_in()
    path = new_article(claim=True)
    views = ("", "?view=versions", "?view=sign", "?view=searches", "/edit")
    for each in (*(path + view for view in views), "/jobs/new"):
        phone.go(each)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, each
    phone.go(path)
    prose, evidence = (phone.page.locator(each).bounding_box() for each in ("#prose", "#evidence"))
    assert prose
    assert evidence
    assert evidence["y"] > prose["y"] + prose["height"]


def test_it_works_without_scripts(new_page: NewPage, new_article: NewArticle) -> None:
    plain = new_page(scripts=False)
    plain.sign_in()
    path = new_article()
    plain.go(f"{path}/edit")
    page = plain.page
    text = page.locator("#markdown").input_value()
    page.fill("#markdown", f"{text}\n{CLAIM}\n")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#checked")).to_contain_text("undersökning")
    page.click("text=Save as version 2")
    page.wait_for_url("**?view=article")
    page.get_by_role("button", name="Accept").first.click()
    expect(page.locator("#findings")).to_contain_text("Accepted by")


def shoot(page: Page, name: str) -> None:
    """Take a picture to look at, where SHOTS names a folder for it."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_passage_is_commented_on_by_keyboard(editor: Watched, new_article: NewArticle) -> None:
    page = editor.page
    editor.go(new_article())
    expect(page.locator("[data-passage-acts]")).to_be_hidden()
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.locator("[data-passage-acts]")).to_be_visible()
    shoot(page, "selected")
    page.keyboard.press("c")
    expect(page.locator("#passage-comment [data-passage-shown]")).not_to_be_empty()
    page.keyboard.type("Is this so?")
    shoot(page, "comment")
    page.locator("#passage-comment button[type=submit]").click()
    remark = page.locator(".remark")
    expect(remark).to_contain_text("Is this so?")
    expect(page.locator('mark[data-findings*="comment-"]').first).to_be_visible()
    shoot(page, "commented")
    page.set_viewport_size({"width": 390, "height": 800})
    remark.scroll_into_view_if_needed()
    shoot(page, "commented-390")
    remark.get_by_role("button", name=re.compile("Done")).click()
    expect(page.locator('mark[data-findings*="comment-"]')).to_have_count(0)


def test_a_paragraph_is_written_anew_by_keyboard(editor: Watched, new_article: NewArticle) -> None:
    page = editor.page
    editor.go(new_article())
    page.keyboard.press("p")
    page.keyboard.press("r")
    page.keyboard.type("Warmer.")
    shoot(page, "rewrite")
    page.set_viewport_size({"width": 390, "height": 800})
    shoot(page, "rewrite-390")
    page.locator("#passage-rewrite button[type=submit]").click()
    page.wait_for_url("**?view=versions")
    expect(page.locator("ins").first).to_contain_text("Kort sagt")
    shoot(page, "difference")


def test_what_is_refused_is_told_where_it_was_written(
    editor: Watched, new_article: NewArticle
) -> None:
    page, address = editor.page, new_article()
    editor.expected.add(409)
    editor.go(address)
    other = page.context.new_page()
    other.goto(f"{editor.house.url}{address}/edit")
    other.locator("#markdown").press("Control+End")
    other.keyboard.type("\n\nEn rad till.")
    other.get_by_role("button", name=re.compile("Save")).first.click()
    other.close()
    page.keyboard.press("p")
    page.keyboard.press("r")
    page.locator("#passage-rewrite button[type=submit]").click()
    expect(page.locator("#passage-rewrite [data-passage-error]")).to_contain_text("later version")
    page.keyboard.press("Escape")
    expect(page.locator("#passage-rewrite")).not_to_be_visible()
