"""docs/takeover.md shows what the commands print.

WRITE_DOCS=1 pytest tests/takeover/test_guide.py writes the real outputs into the page.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.takeover import older

PAGE = Path(__file__).resolve().parents[2] / "docs" / "takeover.md"
BLOCK = re.compile(r"```console\n\$ flask (.*)\n(?:.*\n)*?```\n")
VOLATILE = ((r"\d{8}T\d{6}Z", "20261122T150345Z"),)


def shown(app: Flask, command: str, folder: Path) -> str:
    words = command.replace("/srv/old", str(folder)).split()
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    printed = result.output.replace(app.instance_path, "/srv/bacowr/instance")
    for pattern, word in VOLATILE:
        printed = re.sub(pattern, word, printed)
    lines = "\n".join(
        line.rstrip() for line in printed.replace(str(folder), "/srv/old").split("\n")
    )
    return f"```console\n$ flask {command}\n{lines.rstrip()}\n```\n"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_page_shows_what_is_printed(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    older.build(f"sqlite:///{folder / 'bacowr.db'}", "G3", older.faulty())
    page = PAGE.read_text("utf-8")
    fresh = BLOCK.sub(lambda block: shown(app, block[1], folder), page)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(fresh, "utf-8")
    else:
        assert fresh == page, "WRITE_DOCS=1 writes the page anew."
    assert fresh.count("$ flask db takeover") == 2
