"""The main job in a real browser: sign in, order, watch it live, read what came of it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewPage, Watched


def test_an_order_goes_through_its_stages_live_without_a_reload(editor: Watched) -> None:
    page = editor.page
    editor.house.is_held.clear()
    editor.order("guide till luftvärmepump")
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#step-fetch")).to_have_attribute("aria-current", "step")
    expect(page.locator("#live")).to_have_text("Processing: Read the pages")
    page.click("#history-fold summary")
    editor.house.is_held.set()
    expect(page.locator("#live")).to_have_text("Delivered")
    expect(page.locator(".document-label")).to_have_text("Underlag")
    expect(page.locator(".placement")).to_have_count(3)
    assert page.evaluate("window.neverReloaded") is True
    assert page.evaluate("document.querySelector('#history-fold').open") is True
    assert "Delivered" in page.title()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert asked == []


def test_everything_can_be_done_with_the_keyboard_alone(editor: Watched) -> None:
    page = editor.page
    page.keyboard.press("n")
    page.wait_for_url("**/jobs/new")
    page.wait_for_function("document.activeElement.id === 'publisher_domain'")
    for text in (editor.house.publisher, editor.house.target, "läs om luftvärmepumpar"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.locator("#deal_type")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*-*")
    expect(page.locator("#live")).to_have_text("Delivered")


def test_orders_are_found_with_the_keyboard_alone(editor: Watched) -> None:
    page = editor.page
    editor.order("åtta ärliga råd")
    page.keyboard.press("o")
    page.wait_for_url(f"{editor.house.url}/jobs")
    page.keyboard.press("/")
    page.keyboard.type("åtta är")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.wait_for_url("**/jobs?q=*")
    for _ in ("status", "page size", "the first order"):
        page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*-*")
    expect(page.locator("h1")).to_have_text("localhost")


def test_it_works_without_scripts(new_page: NewPage) -> None:
    plain = new_page(scripts=False)
    plain.sign_in()
    plain.house.is_held.clear()
    plain.order("utan skript")
    page = plain.page
    expect(page.locator("noscript a")).to_be_visible()
    plain.house.is_held.set()
    for _ in range(60):
        if page.locator(".document-label").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(".document-label")).to_have_text("Underlag")
    page.get_by_role("link", name="Skeleton").click()
    expect(page.locator(".document-label")).to_have_text("Skelett")
    page.get_by_role("link", name="Account").click()
    page.fill("#name", "utan skript")
    page.keyboard.press("Enter")
    expect(page.locator("#new-key")).to_have_value(re.compile("^bcw_"))
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{plain.house.url}/sign-in")


def test_a_fault_puts_the_cursor_into_its_field(editor: Watched) -> None:
    editor.expected.add(422)
    page = editor.page
    editor.go("/jobs/new")
    page.fill("#publisher_domain", editor.house.publisher)
    page.fill("#target_url", "javascript:alert(1)")
    page.fill("#anchor_text", "ankare")
    page.click("text=Order the brief")
    expect(page.locator("#target_url-fault")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "target_url"
    expect(page.locator("#anchor_text")).to_have_value("ankare")


def test_a_phone_shows_every_page_whole(new_page: NewPage) -> None:
    phone = new_page(width=360, height=740)
    phone.sign_in()
    phone.order("köp en luftvärmepump")
    page = phone.page
    expect(page.locator("#live")).to_have_text("Delivered")
    at = re.sub(r"^https?://[^/]+", "", page.url)
    for path in (at, f"{at}?view=skeleton", f"{at}?view=sources", "/jobs", "/jobs/new", "/account"):
        phone.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.click("#menu summary")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
