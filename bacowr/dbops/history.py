"""The facts of a revision's file that outlive it in the record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.classes import RevisionClass, declared_class, infer_class

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import Script, ScriptDirectory


@dataclass(frozen=True)
class RevisionFacts:
    """One revision as its file tells it. `parents` includes what it depends on."""

    revision: str
    parents: tuple[str, ...]
    kind: RevisionClass
    title: str
    checksum: str
    compatible: bool
    """Whether code that doesn't know the revision goes on working."""


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file, the same whatever its line ends are."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).hexdigest()


def read_facts(script: Script) -> RevisionFacts:
    """Read a revision's facts from its file; without a source it has no checksum."""
    path = Path(script.path)
    content = path.read_bytes() if path.suffix == ".py" and path.exists() else b""
    kind = declared_class(script.module)
    if kind is None:
        kind = infer_class(content.decode("utf-8", "replace"))
    vouched = bool(getattr(script.module, "dbops_compatible", False))
    return RevisionFacts(
        revision=script.revision,
        parents=parents_of(script),
        kind=kind,
        title=(script.doc or "").strip().split("\n", maxsplit=1)[0],
        checksum=checksum(content) if content else "",
        compatible=kind is RevisionClass.EXPAND or (kind is RevisionClass.DATA and vouched),
    )


def parents_of(script: Script) -> tuple[str, ...]:
    """Return the revisions that must be applied before this one, by id."""
    return tuple(script._all_down_revisions)  # noqa: SLF001 - `dependencies` may hold labels.


def ancestors(directory: ScriptDirectory, heads: Iterable[str]) -> tuple[str, ...]:
    """Return the known heads and all below them, the oldest first."""
    known = {script.revision: script for script in directory.walk_revisions("base", "heads")}
    found: set[str] = set()
    waiting = [head for head in heads if head in known]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(parents_of(known[one]))
    return tuple(one for one in reversed(known) if one in found)
