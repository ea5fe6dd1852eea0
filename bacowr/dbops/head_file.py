"""The file HEAD beside the versions: it names the newest revision, so two branches collide in git.

It holds the name of the revision's file without `.py`, since two branches of a numbered history
call their revisions the same; the bare id is understood, too. It is for projects that want it:
where there is none, none is made. Every command that writes a revision keeps it. After a merge in
git it holds both branches' heads between conflict marks; `flask db rebase` makes one line of them,
and writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from bacowr.dbops.report import Finding
from bacowr.dbops.revision_files import revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alembic.config import Config

NAME = "HEAD"
MARKS = re.compile(r"^(<{7}|={7}|>{7}|\|{7})", re.MULTILINE)
REBASE = "`flask db rebase` puts one branch behind the other and writes the file anew."


def path_in(folder: Path | str) -> Path:
    """Return the file's path in a migrations folder."""
    return Path(folder) / NAME


def names_of(folder: Path | str, heads: Iterable[str]) -> dict[str, str]:
    """Return the name of each head's file; where none is found among the versions, its id."""
    wanted = dict.fromkeys(sorted(heads))
    names = {head: head for head in wanted}
    for path in sorted((Path(folder) / "versions").rglob("*.py")):
        source = path.read_text("utf-8", "replace")
        if any(head in source for head in wanted):
            revision = revision_of(source)
            if revision in names:
                names[revision] = path.stem
    return names


def write(folder: Path | str, heads: Iterable[str]) -> bool:
    """Name the heads, one on a line, where the project has the file; tell whether it changed."""
    path = path_in(folder)
    if not path.is_file():
        return False
    text = "".join(f"{name}\n" for name in names_of(folder, heads).values())
    if path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8")
    return True


def keep(config: Config) -> None:
    """Bring the file up to date with the revisions there are, where the project has it."""
    folder = config.get_main_option("script_location")
    if folder and path_in(folder).is_file():
        write(folder, ScriptDirectory.from_config(config).get_heads())


def find_stale(directory: ScriptDirectory) -> Iterator[Finding]:
    """Yield what is wrong with the file: conflict marks, or another revision than the newest."""
    path = path_in(directory.dir)
    if not path.is_file():
        return
    text = path.read_text("utf-8", "replace")
    if MARKS.search(text):
        yield Finding(
            "head-conflict",
            "Two branches have added revisions, and git could not merge the file that names the "
            "newest one.",
            str(path),
            REBASE,
        )
        return
    heads = sorted(directory.get_heads())
    ids = {name: head for head, name in names_of(directory.dir, heads).items()}
    if sorted(ids.get(word, word) for word in text.split()) != heads:
        told = " ".join(text.split()) or "nothing"
        yield Finding(
            "head-file",
            f"The file says {told}, and the newest revision is {', '.join(heads) or 'none'}.",
            str(path),
            REBASE,
        )
