"""Policy packs of an operator's own, in a directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bacowr.engine.policies.loading import load
from bacowr.engine.policies.model import Packs

PACK = """
id = "{id}"
vertical = "legal"
languages = ["sv"]
version = "7"
valid_from = 2026-01-01
source_name = "House rule"
source_url = "https://law.example/"
checked_on = 2026-11-01
verified = true
"""


@pytest.fixture
def packs_in(tmp_path: Path) -> Callable[..., Packs]:
    """Write files into a directory and load it."""

    def make(**files: str) -> Packs:
        for name, content in files.items():
            (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
        return load(tmp_path)

    return make


@pytest.fixture
def pack() -> Callable[[str], str]:
    """Give the content of a pack's file."""
    return lambda pack_id: PACK.format(id=pack_id)
