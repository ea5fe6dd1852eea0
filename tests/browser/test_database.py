"""The database's page in a real browser: the switch, the copies, the picture and its search."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN, NewPage, Watched


@pytest.fixture
def admin(new_page: NewPage) -> Watched:
    watched = new_page()
    watched.sign_in(email=ADMIN)
    return watched


def test_an_admin_closes_and_opens_the_application(admin: Watched, editor: Watched) -> None:
    editor.expected.add(503)
    page = admin.page
    page.get_by_role("link", name="Database").click()
    expect(page.get_by_text("Up to date")).to_be_visible()
    page.fill("#message", "Back at noon.")
    page.get_by_role("button", name="Close the application").click()
    expect(page.get_by_role("button", name="Open the application")).to_be_visible()
    page.wait_for_timeout(2200)  # Until every process knows of it.
    editor.go("/jobs")
    expect(editor.page.locator("h1")).to_have_text("Back soon")
    expect(editor.page.get_by_text("Back at noon.")).to_be_visible()
    page.get_by_role("button", name="Open the application").click()
    expect(page.get_by_role("button", name="Close the application")).to_be_visible()
    page.wait_for_timeout(2200)
    editor.page.get_by_role("link", name="Try again").click()
    expect(editor.page.locator("h1")).to_have_text("Orders")


def test_a_copy_is_checked_and_drift_is_looked_for(admin: Watched) -> None:
    page = admin.page
    admin.go("/database")
    page.get_by_role("button", name="Take one now").click()
    expect(page.get_by_text("It was read back and is whole.")).to_be_visible()
    page.get_by_role("button", name="Check the copy").first.click()
    expect(page.locator("#copy-1")).to_have_text("whole")
    page.get_by_role("button", name="Compare now").click()
    expect(page.get_by_text("No drift")).to_be_visible(timeout=60_000)


def test_a_table_is_found_in_the_picture(admin: Watched) -> None:
    page = admin.page
    admin.go("/database/diagram")
    page.keyboard.press("/")
    page.keyboard.type("login_sessions")
    expect(page.locator("#found")).to_contain_text("1 of")
    expect(page.locator("[data-table].lit")).to_have_attribute("data-table", "login_sessions")
    expect(page.locator('[data-table="users"]')).not_to_contain_class("dim")
    expect(page.locator('[data-table="audit_events"]')).to_contain_class("dim")
    page.keyboard.press("Escape")
    expect(page.locator("[data-table].dim")).to_have_count(0)


def test_a_phone_shows_it_whole(new_page: NewPage) -> None:
    phone = new_page(width=360, height=740, dark=True)
    phone.sign_in(email=ADMIN)
    for path in ("/database", "/database/diagram"):
        phone.go(path)
        wide = phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, path
