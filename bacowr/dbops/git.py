"""What git says of the files of a history; silent without git, a repository or a main branch."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAIN_BRANCHES = ("origin/main", "origin/master", "main", "master")


@dataclass(frozen=True)
class MainBranch:
    """The branch that others build on, seen from a folder of the working tree."""

    folder: Path
    name: str

    @cached_property
    def common(self) -> str:
        """Return the commit at which the work at hand left the branch, "" in a shallow clone."""
        return run_git(self.folder, "merge-base", "HEAD", self.name).strip()

    @property
    def is_here(self) -> bool:
        """Tell whether the branch holds every commit of the work at hand."""
        here = run_git(self.folder, "rev-parse", "HEAD").strip()
        tip = self.common or run_git(self.folder, "rev-parse", self.name).strip()
        return bool(here) and here == tip

    @cached_property
    def files(self) -> frozenset[Path]:
        """Return the files of the folder that the branch has, or had when it was left."""
        found: set[Path] = set()
        for commit in {self.name, self.common} - {""}:
            words = ("ls-tree", "-r", "-z", "--name-only", commit, "--", ".")
            named = run_git(self.folder, *words).split("\0")
            found |= {(self.folder / name).resolve() for name in named if name}
        return frozenset(found)

    def lacks(self, paths: Iterable[Path]) -> list[Path]:
        """Return those of the files that the branch doesn't have."""
        return [path for path in paths if path.resolve() not in self.files]

    def text_of(self, name: str) -> str:
        """Return what a file, named from the repository's root, held when the branch was left."""
        return run_git(self.folder, "show", f"{self.common or self.name}:{name}")


def find_main(folder: Path) -> MainBranch | None:
    """Return the main branch, None where there is no git, no repository or no such branch."""
    if shutil.which("git") is None or not folder.is_dir():
        return None
    for name in MAIN_BRANCHES:
        if run_git(folder, "rev-parse", "--verify", "--quiet", name):
            return MainBranch(folder, name)
    return None


def run_git(folder: Path, *words: str) -> str:
    """Return what git prints, nothing where it fails."""
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - Fixed words; git is looked up on purpose.
    return done.stdout if done.returncode == 0 else ""
