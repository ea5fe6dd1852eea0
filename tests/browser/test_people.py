"""An admin's people and audit log in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, NewPage, Watched
from tests.browser.demo.installation import Installation
from tests.browser.demo.people import ADMIN
from tests.plugins.application import PASSWORD


@pytest.fixture(scope="module")
def house(furnished: House) -> House:
    """The made-up installation."""
    return furnished


@pytest.fixture
def admin(new_page: NewPage) -> Watched:
    watched = new_page()
    watched.sign_in(ADMIN)
    return watched


def test_somebody_is_invited_and_joins(admin: Watched, new_page: NewPage) -> None:
    page = admin.page
    admin.go("/people")
    page.get_by_label("E-mail").fill("ida@words.example")
    page.get_by_role("region", name="Invite").get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Make an invitation").click()
    address = page.input_value("#new-link")
    expect(page.locator(".entries")).to_contain_text("ida@words.example")
    guest = new_page(width=390, height=844)
    guest.page.goto(address)
    expect(guest.page.locator("h1")).to_have_text("Join Nordic links")
    guest.page.get_by_label("Your name").fill("Ida")
    guest.page.get_by_label("Password").fill(PASSWORD)
    guest.page.keyboard.press("Enter")
    expect(guest.page.locator("#notices")).to_contain_text("You are in the team.")
    admin.go("/people")
    expect(page.locator(".person", has_text="Ida")).to_contain_text("viewer")
    expect(page.locator(".entries")).not_to_contain_text("ida@words.example")


def test_a_person_is_suspended_after_a_question_and_let_in_again(
    admin: Watched, made: Installation
) -> None:
    page = admin.page
    admin.go("/people")
    person = page.locator(f"#person-{made.team.editor.id}")
    person.locator("summary").press("Enter")
    person.get_by_role("button", name="Suspend").press("Enter")
    expect(page.locator("#confirm-text")).to_contain_text("Every login and API key")
    page.get_by_role("button", name="Keep it").click()
    expect(person).not_to_contain_text("suspended")
    person.get_by_role("button", name="Suspend").click()
    page.locator("[data-confirm-yes]").last.click()
    expect(page.locator("#notices")).to_contain_text("is suspended")
    expect(person).to_contain_text("suspended")
    person.locator("summary").press("Enter")
    person.get_by_role("button", name="Let in again").click()
    expect(page.locator("#notices")).to_contain_text("may sign in again")


def test_the_audit_log_is_narrowed_to_what_one_person_did_to_one_thing(admin: Watched) -> None:
    page = admin.page
    admin.go("/audit")
    page.get_by_label("Action").select_option("team.rename")
    page.get_by_label("Person").fill("astrid")
    page.keyboard.press("Enter")
    rows = page.locator("#entries tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.locator("#entries")).to_contain_text("team.rename")
    expect(page.locator("#entries")).not_to_contain_text("session.create")
    page.get_by_label("From day").fill("2999-01-01")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#entries")).to_contain_text("Nothing matches")
    page.locator("#entries").get_by_role("link", name="Show everything").click()
    expect(page.locator("#entries")).to_contain_text("session.create")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "audit.csv"
