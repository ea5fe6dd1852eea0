"""One line out of two heads: the revisions of one branch are put behind the other's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse
from bacowr.dbops.history import checksum
from bacowr.dbops.reshaping.texts import NUMBER, RevisionText, below, heads_among, in_order, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bacowr.dbops.git import MainBranch
    from bacowr.dbops.record import Entry

MERGE = "`flask db merge heads -m 'Merge'` joins what is published already."
NAME_IT = "Say which one stays: `flask db rebase --onto REVISION`."


@dataclass(frozen=True)
class Move:
    """One revision's file, and what becomes of it."""

    old: RevisionText
    path: Path
    revision: str
    parents: tuple[str, ...]
    depends_on: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Tell whether anything becomes of it at all."""
        same = (self.old.path, self.old.id, self.old.parents, self.old.depends_on)
        return same != (self.path, self.revision, self.parents, self.depends_on)

    @property
    def text(self) -> str:
        """Return the file's new text."""
        return self.old.rewritten(self.revision, self.parents, self.depends_on)

    def to_text(self) -> str:
        """Say it in a line."""
        named = f" becomes {self.path.name}" if self.path != self.old.path else ""
        was = ", ".join(self.old.parents) or "nothing"
        return f"{self.old.path.name}{named}: behind {', '.join(self.parents)} (was: {was})"

    def facts(self) -> dict[str, object]:
        """Return it for a machine."""
        return {
            "file": str(self.old.path),
            "new_file": str(self.path),
            "revision": self.old.id,
            "new_revision": self.revision,
            "down_revision": list(self.parents),
        }


@dataclass(frozen=True)
class Rebase:
    """What is moved behind what; without moves there is nothing to do."""

    onto: RevisionText | None
    theirs: tuple[RevisionText, ...]
    moves: tuple[Move, ...] = ()


def plan_rebase(
    texts: tuple[RevisionText, ...], main: MainBranch | None, onto: str | None
) -> Rebase:
    """Decide which revisions move behind which, and how they are named then.

    Those on the main branch stay; without git the older head stays, if the files say when they
    were written. Raises Refused where it can't be told, or where a published one would move.
    """
    theirs, stays = _staying(texts, main) if onto is None else _named_and_below(texts, onto)
    mine = tuple(one for one in texts if one not in theirs)
    if stays is None or not mine:
        return Rebase(stays, theirs)
    _refuse_published(mine, main)
    _refuse_odd(mine)
    moves = tuple(_moves(in_order(mine), stays, theirs))
    return Rebase(stays, theirs, tuple(one for one in moves if one.changes))


def _named_and_below(
    texts: tuple[RevisionText, ...], onto: str
) -> tuple[tuple[RevisionText, ...], RevisionText]:
    """Return the revision of an id or a file's name, and all that stays with it."""
    found = [one for one in texts if onto in {one.id, one.path.name, one.path.stem}]
    if len(found) == 1:
        return below(texts, found), found[0]
    names = ", ".join(one.path.name for one in found or heads_among(texts))
    said = f"{onto} is {'in several files' if found else 'no revision'}: {names}."
    raise refuse("onto", said, remedy="Name one of these, the file if ids are the same.")


def _staying(
    texts: tuple[RevisionText, ...], main: MainBranch | None
) -> tuple[tuple[RevisionText, ...], RevisionText | None]:
    """Return what stays, and its head, when nobody named it."""
    if main is not None:
        mine = set(main.lacks(one.path for one in texts))
        theirs = tuple(one for one in texts if one.path not in mine)
        heads = heads_among(theirs)
        if len(heads) == 1 or not texts:
            return theirs, heads[0] if heads else None
        where = f"on {main.name}" if theirs else f"not on {main.name} yet"
        heads = heads or heads_among(texts)
    else:
        heads, where = heads_among(texts), "here, and git doesn't tell which are published"
    if len(heads) == 1 and not _duplicates(texts):
        return texts, heads[0]
    aged = sorted(heads, key=lambda one: one.created)
    if main is None and len(aged) == 2 and aged[0].created and aged[0].created != aged[1].created:  # noqa: PLR2004 - Two heads.
        return below(texts, aged[:1]), aged[0]
    names = ", ".join(one.path.name for one in heads)
    remedy = MERGE if main is not None and theirs else NAME_IT
    raise refuse("which-head", f"There are {len(heads)} heads {where}: {names}.", remedy=remedy)


def _duplicates(texts: Iterable[RevisionText]) -> set[str]:
    return {one for one, number in Counter(text.id for text in texts).items() if number > 1}


def _refuse_published(mine: tuple[RevisionText, ...], main: MainBranch | None) -> None:
    if main is None:
        return
    lacking = set(main.lacks(one.path for one in mine))
    names = ", ".join(one.path.name for one in mine if one.path not in lacking)
    if names:
        raise refuse(
            "published",
            f"{names}: {main.name} has it, so databases may have it too, and it can't be put "
            "behind another. Nothing was changed.",
            remedy="`flask db rebase` without --onto moves only what is new here; "
            "`flask db merge heads -m 'Merge'` joins what is published already.",
        )


def _refuse_odd(mine: tuple[RevisionText, ...]) -> None:
    """Refuse what a line can't be made of."""
    twice = _duplicates(mine)
    if twice:
        names = ", ".join(one.path.name for one in mine if one.id in twice)
        said = f"Several files of this branch bear the same id: {names}. Nothing was changed."
        raise refuse("duplicate-id", said, remedy="Give one of them another id.")
    labelled = [one.path.name for one in mine if one.labels]
    if labelled:
        said = f"{', '.join(labelled)} begins a branch with a name, which is meant to stay beside "
        said += "the others. Nothing was changed."
        remedy = "Take branch_labels out of the file if it isn't."
        raise refuse("labelled", said, remedy=remedy)


def _moves(
    mine: tuple[RevisionText, ...], onto: RevisionText, theirs: tuple[RevisionText, ...]
) -> Iterable[Move]:
    """Give what becomes of each, the first behind the head that stays."""
    is_numbered = all(NUMBER.fullmatch(one.id) for one in (*mine, onto))
    taken = {one.id for one in theirs}
    parent, last = onto.id, max((int(one) for one in taken if NUMBER.fullmatch(one)), default=0)
    new: dict[str, str] = {}
    for one in mine:
        revision = one.id
        if is_numbered and int(one.id) <= last:
            revision = str(last + 1).zfill(len(one.id))
        if revision in taken or (revision != one.id and one.squashed):
            said = f"{one.path.name} bears an id that is taken, and can't be given another."
            raise refuse("duplicate-id", said, remedy="Write another id into it by hand.")
        new[one.id] = revision
        name = one.path.name
        if name.startswith(one.id):
            name = revision + name.removeprefix(one.id)
        needs = tuple(new.get(needed, needed) for needed in one.depends_on)
        yield Move(one, one.path.with_name(name), revision, (parent,), needs)
        parent, last = revision, int(revision) if is_numbered else last


def refuse_applied(
    rebase: Rebase, heads: Iterable[str], standing: Mapping[str, Entry], database: str
) -> None:
    """Raise Refused when a database has a revision that would move.

    There the head that stays would count as applied, and never be run.
    """
    mine = tuple(one.old for one in rebase.moves)
    everything = (*mine, *rebase.theirs)
    reached = {text.path for text in below(everything, named(everything, heads))}
    applied = [one for one in mine if _is_applied(one, rebase.theirs, reached, standing)]
    if not applied:
        return
    back = ", ".join(applied[0].parents) or "base"
    raise refuse(
        "applied",
        f"{', '.join(one.path.name for one in applied)} is applied in {database}: behind another "
        "revision, that one would count as applied and never be run. Nothing was changed.",
        remedy=f"`flask db downgrade {back}`, then `flask db rebase`, then `flask db upgrade`.",
    )


def _is_applied(
    one: RevisionText,
    theirs: tuple[RevisionText, ...],
    reached: set[Path],
    standing: Mapping[str, Entry],
) -> bool:
    """Tell whether it was applied, and not its namesake of the branch that stays."""
    entry = standing.get(one.id)
    namesakes = {checksum(text.source.encode()) for text in theirs if text.id == one.id}
    if entry is not None and entry.checksum:
        return entry.checksum not in namesakes
    return entry is not None or one.path in reached
