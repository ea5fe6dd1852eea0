"""The database that each test of SQLite changes starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dbops.sqlite.databases import Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "app.db")
