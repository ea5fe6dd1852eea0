"""A repository around a project, for what is asked of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Git:
    """Runs git in a folder."""

    folder: Path

    def __call__(self, *words: str, fails: bool = False) -> str:
        """Run git; raises when it fails, unless it may."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            check=not fails,
            capture_output=True,
            text=True,
            env={**os.environ, **IDENTITY},
        )
        return done.stdout

    def commit(self) -> None:
        """Commit whatever there is."""
        self("add", ".")
        self("commit", "-q", "--no-verify", "-m", "work")


@pytest.fixture
def git(sqlite_project: Project) -> Git:
    """Give the repository of the SQLite project, on main."""
    if shutil.which("git") is None:
        pytest.skip("There is no git.")
    made = Git(sqlite_project.folder)
    made("init", "-q", "-b", "main")
    return made
