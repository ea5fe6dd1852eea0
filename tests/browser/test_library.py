"""The library of placements and its watch in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, NewPage, Watched
from tests.browser.demo.installation import Installation
from tests.browser.demo.people import EDITOR


@pytest.fixture(scope="module")
def house(furnished: House) -> House:
    """The made-up installation."""
    return furnished


@pytest.fixture
def desk(new_page: NewPage) -> Watched:
    watched = new_page()
    watched.sign_in(EDITOR)
    return watched


def test_filters_narrow_the_library_and_are_kept_as_a_view(desk: Watched) -> None:
    page = desk.page
    desk.go("/backlinks")
    page.keyboard.press("/")
    page.keyboard.type("greenhouse")
    expect(page.locator("#deals tbody tr")).to_have_count(2)
    page.get_by_label("Placement").select_option("agreed")
    expect(page.locator("#deals tbody tr")).to_have_count(1)
    expect(page.locator("#deals")).to_contain_text("odlarliv.example")
    page.get_by_label("Name of this view").fill("Greenhouses to write")
    page.keyboard.press("Enter")
    view = page.get_by_label("Saved views").get_by_role("link", name="Greenhouses to write")
    expect(view).to_be_visible()
    desk.go("/backlinks")
    view.click()
    expect(page.locator("#deals tbody tr")).to_have_count(1)
    expect(page.get_by_label("Search the library")).to_have_value("greenhouse")
    page.get_by_label("Placement").select_option("lost")
    expect(page.locator("#deals")).to_contain_text("Nothing matches")


def test_a_deal_is_changed_and_its_history_says_so(desk: Watched, made: Installation) -> None:
    desk.expected.add(422)
    page = desk.page
    desk.go(f"/backlinks/{made.links.deals['drafted']}")
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Agreed rel").select_option("follow")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#rel_reason-fault")).to_contain_text("needs a written reason")
    page.get_by_label("Why a paid link is followed").fill("An interview that they asked for")
    page.get_by_role("button", name="Save").click()
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("sponsored → follow")
    expect(page.get_by_role("region", name="The deal")).to_contain_text("An interview")


def test_what_the_watch_found_is_told_with_its_evidence(desk: Watched) -> None:
    page = desk.page
    desk.go("/watch")
    news = page.get_by_role("region", name="Since yesterday")
    expect(news).to_contain_text("Lost. The server answers 404.")
    page.get_by_label("Status").select_option("suspect")
    rows = page.locator("#watches tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.locator("#checks")).to_be_visible()
    expect(page.locator("#check-5")).to_contain_text("label")
    page.locator("#check-1 > summary").press("Enter")
    expect(page.locator("#check-1")).to_contain_text("Annons")
    page.get_by_role("button", name="Check now").press("Enter")
    expect(page.locator("#watch")).to_contain_text("as soon as a worker is free")
    expect(page.get_by_role("button", name="Check now")).to_be_disabled()
