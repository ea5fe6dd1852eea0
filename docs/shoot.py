"""Take the pictures of docs/screenshots from an installation with made-up data.

    python docs/shoot.py            # needs Chromium; writes docs/screenshots/*.webp

All sites and people in them are under `.example`; nothing is fetched, and no model is asked.
"""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402  # Comes after the path.
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402  # The same.

from tests.browser.demo import looking, pages  # noqa: E402  # The same.
from tests.browser.demo.installation import Installation, application, furnish  # noqa: E402  # The same.
from tests.browser.demo.people import ADMIN, EDITOR  # noqa: E402  # The same.
from tests.plugins.application import PASSWORD, _migrate, settings_in  # noqa: E402  # The same.

FOLDER = ROOT / "docs" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUALITY = 82
# Where the pages name the folder of the installation, which is nobody's business.
ELSEWHERE = """(folder) => document.querySelectorAll("code").forEach((each) => {
  each.textContent = each.textContent.replace(folder, "/srv/bacowr");
})"""


@dataclass(frozen=True)
class Shot:
    """One picture: its name, whose page it shows, and how wide and dark."""

    name: str
    path: str
    who: str = EDITOR
    width: int = 1440
    height: int = 900
    is_dark: bool = False


def phone(name: str, path: str, *, is_dark: bool = False) -> Shot:
    """Show a page on a phone."""
    return Shot(f"{name}-phone", path, width=390, height=844, is_dark=is_dark)


SHOTS = (
    Shot("overview", "/overview", height=1150),
    Shot("overview-dark", "/overview", is_dark=True),
    phone("overview", "/overview"),
    Shot("orders", "/jobs"),
    Shot("order", "/jobs/{article}", height=1100),
    Shot("sign-off", "/jobs/{article}?view=sign", height=1100),
    phone("order", "/jobs/{article}", is_dark=True),
    Shot("batch", "/batches/{running}"),
    Shot("batch-import", "/batches/sheets/{sheet}", height=1200),
    phone("batch-import", "/batches/sheets/{sheet}"),
    Shot("review", "/batches/{review}/review", height=1000),
    Shot("library", "/backlinks"),
    Shot("placements-import", "/backlinks/imports/{placements}"),
    Shot("watch", "/watch"),
    Shot("watched-link", "/watch/{deal_lost}", height=1000),
    phone("watch", "/watch", is_dark=True),
    Shot("analytics", "/analytics", height=1200),
    Shot("notifications", "/notifications"),
    Shot("services", "/services", ADMIN, height=1000),
    Shot("people", "/people", ADMIN),
    Shot("audit", "/audit", ADMIN),
    Shot("database", "/database", ADMIN, height=1100),
)


class Silent(WSGIRequestHandler):
    """Serves without a word."""

    def log(self, *_said: object) -> None:
        """Say nothing."""


def shoot(browser: Browser, url: str, made: Installation, folder: Path) -> None:
    """Take every picture."""
    addresses = pages.addresses(made)
    for shot in SHOTS:
        context = browser.new_context(
            viewport={"width": shot.width, "height": shot.height},
            color_scheme="dark" if shot.is_dark else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        sign_in(page, url, shot.who)
        page.goto(url + shot.path.format_map(addresses))
        page.wait_for_load_state("networkidle")
        page.evaluate(ELSEWHERE, str(folder))
        looking.follow(page, "dark" if shot.is_dark else "light")
        sent = {"format": "webp", "quality": QUALITY}
        taken = context.new_cdp_session(page).send("Page.captureScreenshot", sent)
        path = FOLDER / f"{shot.name}.webp"
        path.write_bytes(base64.b64decode(taken["data"]))
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KB\n")
        context.close()


def sign_in(page: Page, url: str, who: str) -> None:
    """Sign a person in."""
    page.goto(f"{url}/sign-in")
    page.fill("#email", who)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")


def main() -> None:
    """Make the installation, serve it to the loopback, and take the pictures."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit("There is no Chromium on this machine.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name) / "instance"
        settings = settings_in(folder)
        _migrate(settings)
        made = furnish(application(settings))
        server = make_server("127.0.0.1", 0, made.app, threaded=True, request_handler=Silent)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        shoot(browser, f"http://127.0.0.1:{server.server_port}", made, folder)
        browser.close()
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    main()
