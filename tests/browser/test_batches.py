"""A sheet becomes a batch in a real browser, at a desk and on a phone, without a mouse."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth - innerWidth > 0"))


def picture(page: Page, name: str) -> None:
    """Keep a picture where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def brought(page: Page, rows: list[str]) -> None:
    """Paste rows and look them over, by keyboard."""
    page.locator("#rows").focus()
    page.locator("#rows").fill("\n".join(rows))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def looked_over(page: Page, name: str) -> None:
    """See what was found, skip a row and take it again."""
    title = page.locator("#start-title")
    expect(title).to_have_text("2 orders would be made")
    expect(page.locator("#row-5")).to_contain_text("Fault")
    assert not is_too_wide(page)
    picture(page, name)
    page.locator("#choose-4").press("Enter")
    expect(title).to_have_text("1 order would be made")
    page.locator("#choose-4").press("Enter")
    expect(title).to_have_text("2 orders would be made")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_sheet_is_brought_started_and_watched(
    new_page: NewPage, *, width: int, dark: bool
) -> None:
    watched = new_page(width=width, dark=dark)
    watched.sign_in()
    page, house = watched.page, watched.house
    link = f"{house.publisher}\t{house.target}"
    rows = [
        "publisher\ttarget_url\tanchor_text\tstrategy",
        f"{link}\tluftvärmepump {width}\tsingle_shot",
        f"{link}\tluftvärmepump {width}\t",
        f"{link}\tläs mer {width}\t",
        f"https://\tnonsense\t\tsometimes {width}",
    ]
    watched.go("/batches/new")
    brought(page, rows)
    looked_over(page, f"sheet-{width}")
    page.locator("#name").fill(f"Night {width}")
    page.locator("button[value=now]").press("Enter")
    expect(page.locator("h1")).to_have_text(f"Night {width}")
    expect(page.locator("#batch")).to_contain_text("2 of 2", timeout=60_000)
    expect(page.locator("#batch")).to_contain_text("Ready for review", timeout=60_000)
    assert not is_too_wide(page)
    picture(page, f"batch-{width}")
    watched.go("/batches")
    expect(page.locator("#batches")).to_contain_text(f"Night {width}")
    assert not is_too_wide(page)
    picture(page, f"batches-{width}")
