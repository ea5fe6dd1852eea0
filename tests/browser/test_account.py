"""Keys, themes, dialogs and lost connections in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewPage, Watched


def test_a_key_is_shown_once_copied_and_revoked(editor: Watched) -> None:
    page = editor.page
    editor.go("/account")
    page.fill("#name", "Nattlig import")
    page.keyboard.press("Enter")
    key = page.input_value("#new-key")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    revoke = page.get_by_role("button", name="Revoke Nattlig import")
    revoke.click()
    page.get_by_role("button", name="Keep it").click()
    expect(revoke).to_be_visible()
    revoke.click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("No keys yet")).to_be_visible()


def test_the_theme_follows_the_system_until_one_is_chosen(new_page: NewPage) -> None:
    watched = new_page(dark=True)
    watched.sign_in()
    page = watched.page
    shown = "getComputedStyle(document.body).colorScheme + document.documentElement.dataset.bsTheme"
    assert page.evaluate(shown).endswith("dark")
    page.click("[data-theme-toggle]")
    assert page.evaluate(shown).endswith("light")
    page.reload()
    assert page.evaluate(shown).endswith("light")
    expect(page.locator("[data-theme-name]")).to_have_text("Theme: light")


def test_shortcuts_can_be_turned_off(editor: Watched) -> None:
    page = editor.page
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_hidden()
    assert page.url.endswith("/overview")


def test_a_lost_connection_and_an_expired_session_reach_the_person(editor: Watched) -> None:
    editor.expected.add(403)
    page = editor.page
    editor.go("/account")
    page.route("**/account/keys", lambda route: route.abort())
    page.fill("#name", "x")
    before = len(editor.faults)
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("be reached. This page tries again")
    del editor.faults[before:]  # The browser notes the broken connection, as it should.
    page.unroute("**/account/keys")
    page.context.clear_cookies()
    page.fill("#name", "y")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?next=/account")
