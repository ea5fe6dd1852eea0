"""Signing in, ordering, looking and signing out without a mouse, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EDITOR, NewPage, Watched
from tests.plugins.application import PASSWORD

MOST_STOPS = 80


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so; it must be there to be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        said = "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.innerText"
        said += " || document.activeElement.innerText || '').trim()"
        if str(page.evaluate(said)).startswith(name):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
    pytest.fail(f"No key leads to {name!r}.")


def sign_in(watched: Watched) -> None:
    page = watched.page
    watched.go("/sign-in")
    page.keyboard.type(EDITOR)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_in_viewport()


def order(watched: Watched, anchor: str) -> None:
    page, house = watched.page, watched.house
    tab_to(page, "New order")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/new")
    for text in (house.publisher, house.target, anchor):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*-*")
    expect(page.locator("h1").first).to_have_text(house.publisher)


def open_menu(page: Page) -> None:
    """On a phone, what leads elsewhere stands in a menu."""
    if page.locator("#menu > summary").is_visible():
        tab_to(page, "Menu")
        page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_day_without_a_mouse(new_page: NewPage, width: int) -> None:
    watched = new_page(width=width, height=844)
    page, anchor = watched.page, f"luftvärmepump {width}"
    sign_in(watched)
    order(watched, anchor)
    open_menu(page)
    tab_to(page, "Orders")
    page.keyboard.press("Enter")
    expect(page.locator("#orders")).to_contain_text(anchor)
    open_menu(page)
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_a_phone_s_menu_opens_names_the_page_and_closes(new_page: NewPage) -> None:
    phone = new_page(width=390, height=844)
    phone.sign_in()
    page = phone.page
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    page.locator("#menu > summary").click()
    expect(menu.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    menu.get_by_role("link", name="Link watch").click()
    expect(page.locator("h1")).to_have_text("Link watch")
    expect(menu).to_be_hidden()
    page.locator("#menu > summary").click()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator("#menu > summary")).to_be_focused()
