"""Connecting a service and setting caps in a real browser, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN, NewPage


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_faults_and_caps_are_reached_by_keyboard(
    new_page: NewPage, *, width: int, dark: bool
) -> None:
    watched = new_page(width=width, dark=dark)
    watched.expected.add(422)
    watched.sign_in(ADMIN)
    page = watched.page
    watched.go("/services")
    page.locator("#service-compatible summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("http://10.0.0.1/v1")
    page.keyboard.press("Tab")
    page.keyboard.type("short")
    page.keyboard.press("Enter")
    expect(page.locator("#compatible-base_url-fault")).to_contain_text("private or internal")
    expect(page.locator("#compatible-key-fault")).to_be_visible()
    expect(page.locator("#compatible-key")).to_have_value("")
    expect(page.locator("#compatible-base_url")).to_have_value("http://10.0.0.1/v1")
    page.locator("#caps summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("0,75" if dark else "0.50")
    page.keyboard.press("Enter")
    expect(page.locator("#caps")).to_contain_text(f"at most {'0.75' if dark else '0.50'} USD")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
