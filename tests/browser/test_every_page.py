"""Every page in a real browser: wide and on a phone, light and dark, by keyboard, and by axe.

A page that is not in the table of `demo/pages.py` fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Window

from tests.browser.conftest import House
from tests.browser.demo import looking
from tests.browser.demo.installation import Installation
from tests.browser.demo.looking import Noted, Theme
from tests.browser.demo.pages import NOBODY, PAGES, PARTS, Page, addresses
from tests.plugins.application import PASSWORD

WIDE, PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True)
class View:
    """A window's size, the theme in which all is asked, and the one in which colors are.

    Colors don't change with the width, so a phone is asked in one theme.
    """

    size: tuple[int, int]
    theme: Theme
    other: Theme

    def __str__(self) -> str:
        return "wide" if self.size == WIDE else "phone"


VIEWS = (View(WIDE, "light", "dark"), View(PHONE, "dark", "light"))
Open = Callable[[str, tuple[int, int]], Noted]


@pytest.fixture(scope="module")
def window_of(chromium: Browser, furnished: House) -> Iterator[Open]:
    """A function that gives the window of a person at a width; each signs in once."""
    kept: dict[tuple[str, tuple[int, int]], Noted] = {}

    def give(who: str, size: tuple[int, int]) -> Noted:
        if (who, size) not in kept:
            context = chromium.new_context(
                viewport={"width": size[0], "height": size[1]},
                reduced_motion="reduce",
                has_touch=size == PHONE,
            )
            context.set_default_timeout(30_000)
            kept[who, size] = Noted(context.new_page())
            if who != NOBODY:
                sign_in(kept[who, size].window, furnished, who)
        return kept[who, size]

    yield give
    for each in kept.values():
        each.window.context.close()


def sign_in(window: Window, furnished: House, who: str) -> None:
    window.goto(f"{furnished.url}/sign-in")
    window.fill("#email", who)
    window.fill("#password", PASSWORD)
    window.keyboard.press("Enter")
    window.wait_for_url(lambda url: "/sign-in" not in url)


def test_no_page_is_forgotten(made: Installation) -> None:
    known = {page.endpoint for page in PAGES} | {*PARTS}
    served = {
        rule.endpoint
        for rule in made.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(("api", "health."))
    }
    assert served - known == set(), (
        "Add the page to PAGES (or PARTS) of tests/browser/demo/pages.py."
    )
    assert known - served == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_page(
    made: Installation, furnished: House, window_of: Open, page: Page, view: View
) -> None:
    noted = window_of(page.who, view.size)
    window = noted.window
    noted.expected = page.status
    noted.faults.clear()
    window.emulate_media(color_scheme=view.theme)
    answer = window.goto(furnished.url + page.path.format_map(addresses(made)))
    assert answer is not None
    assert answer.status == page.status
    faults = [*looking.shape(window), *looking.axe(window), *looking.walk(window)]
    if view.size == WIDE:
        looking.follow(window, view.other)
        faults += looking.axe(window, looking.COLORS)
    assert [*faults, *noted.faults] == []
