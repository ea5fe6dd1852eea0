"""Projects under git, whose history has gone two ways."""

from __future__ import annotations

import os
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
    """A repository around a project."""

    folder: Path

    def __call__(self, *words: str, fails: bool = False) -> str:
        """Run git; raises when it fails, unless it should."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            check=not fails,
            capture_output=True,
            text=True,
            env={**os.environ, **IDENTITY},
        )
        return done.stdout

    def commit(self, message: str = "work") -> None:
        self("add", ".")
        self("commit", "-q", "--no-verify", "-m", message)


@pytest.fixture
def git(sqlite_project: Project) -> Git:
    """Give the repository of the SQLite project, on main."""
    made = Git(sqlite_project.folder)
    made("init", "-q", "-b", "main")
    return made


def versions_of(project: Project) -> dict[str, str]:
    """Return the texts of the revisions' files by their names."""
    folder = project.folder / "migrations" / "versions"
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}
