"""The previous release: which commit it is, and its files in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse
from bacowr.dbops.git import find_main, run_git

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBE = Path(__file__).with_name("probe.py")
TIME_LIMIT = 600
BY_HAND = "Name a commit, a branch or a tag with --base."


@dataclass(frozen=True)
class Release:
    """A commit whose files lie in a folder."""

    name: str
    commit: str
    top: Path
    """The root of the repository at hand."""
    folder: Path
    """Where the commit's files are."""

    def place(self, path: Path) -> Path:
        """Return where the commit has what lies at a path of the repository, or the path itself."""
        if not path.is_relative_to(self.top):
            return path
        there = self.folder / path.relative_to(self.top)
        return there if there.exists() else path

    def run_probe(self, question: str, folder: Path, url: str) -> str:
        """Run the probe with the commit's code; return what it prints.

        DATABASE_URL and SQLALCHEMY_DATABASE_URI lead to the trial database, so that an
        application that connects while it is made finds no other. Raises Refused if it can't be
        loaded.
        """
        paths = [str(self.place(Path(one).absolute())) for one in sys.path if one]
        where = self.place(folder)
        told = {"DATABASE_URL": url, "SQLALCHEMY_DATABASE_URI": url}
        done = subprocess.run(  # noqa: S603 - Our own program, no shell.
            [sys.executable, str(PROBE)],
            input=question,
            cwd=where,
            env={**os.environ, **told, "PYTHONPATH": os.pathsep.join([str(where), *paths])},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
            raise refuse(
                "old-code",
                f"The code of {self.name} can't be run here: {lines[-1]}",
                remedy="It runs with the packages that are installed now, and the variables of "
                f"this environment. {BY_HAND}",
            )
        return done.stdout.strip().splitlines()[-1]


@contextmanager
def checked_out(inside: Path, base: str | None) -> Iterator[Release]:
    """Give a release's files in a folder that is gone afterwards.

    Raises Refused without git, for a folder outside of a repository, or a name that is no commit.
    """
    top = run_git(inside, "rev-parse", "--show-toplevel").strip()
    if not top:
        raise refuse(
            "no-git",
            f"{inside} isn't in a git repository, so there is no previous release at hand.",
            remedy="Run this where the repository is.",
        )
    name = base or find_base(Path(top))
    commit = run_git(Path(top), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
    if not commit:
        raise refuse("no-base", f"{name} is no commit of this repository.", remedy=BY_HAND)
    with tempfile.TemporaryDirectory(prefix="dbops-") as folder:
        archive = Path(folder) / "release.tar"
        run_git(Path(top), "archive", "--format=tar", f"--output={archive}", commit)
        files = Path(folder) / "release"
        with tarfile.open(archive) as tar:
            tar.extractall(files, filter="data")
        archive.unlink()
        yield Release(name, commit, Path(top), files)


def find_base(top: Path) -> str:
    """Return what is likely to serve at present: the newest tag, else where main was left.

    A tag on the commit at hand is the release at hand, unless files have been changed since.
    Raises Refused where there is neither a tag, nor a main branch, nor an earlier commit.
    """
    here = run_git(top, "rev-parse", "HEAD").strip()
    is_changed = bool(run_git(top, "status", "--porcelain", "--untracked-files=no").strip())
    for start in ("HEAD", "HEAD^"):
        tag = run_git(top, "describe", "--tags", "--abbrev=0", start).strip()
        commit = run_git(top, "rev-parse", f"{tag}^{{commit}}").strip() if tag else ""
        if tag and (commit != here or is_changed):
            return tag
    main = find_main(top)
    if main is not None and main.common and not main.is_here:
        return main.common
    for name in ("HEAD", "HEAD~1") if is_changed else ("HEAD~1",):
        if run_git(top, "rev-parse", "--verify", "--quiet", name):
            return name
    raise refuse("no-base", "There is no earlier commit to compare with.", remedy=BY_HAND)
