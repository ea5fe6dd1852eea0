"""The pictures in the docs: each is shown, small, and taken by the script."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
MOST_BYTES = 150 * 1024


def test_every_picture_is_shown_small_and_taken_by_the_script() -> None:
    kept = {path.name for path in (DOCS / "screenshots").glob("*.webp")}
    script = (DOCS / "shoot.py").read_text("utf-8")
    shots = re.findall(r'^    (Shot|phone)\("([\w-]+)"', script, re.MULTILINE)
    taken = {f"{name}{'-phone' if kind == 'phone' else ''}.webp" for kind, name in shots}
    told = (DOCS / "screens.md").read_text("utf-8")
    assert kept == taken
    assert {*re.findall(r"\(screenshots/([\w.-]+)\)", told)} == kept
    for name in kept:
        assert (DOCS / "screenshots" / name).stat().st_size <= MOST_BYTES, name
