"""The house is the same on every database: one is enough here."""

from pathlib import Path

import pytest

from config import Settings
from tests.plugins.application import settings_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an installation whose database is not asked."""
    return settings_in(tmp_path / "instance")
