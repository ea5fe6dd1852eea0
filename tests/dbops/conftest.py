"""Projects to migrate: one on each database, and one on each of the two alone."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.plugins.project import Project
from tests.plugins.zygote import Zygote, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(database_url: str, tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "project", database_url)) as project:
        yield project


@pytest.fixture
def sqlite_project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "project", f"sqlite:///{tmp_path}/test.db")) as project:
        yield project


@pytest.fixture
def postgres_project(postgres_url: str, tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "project", postgres_url)) as project:
        yield project


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with running() as started:
        yield started
