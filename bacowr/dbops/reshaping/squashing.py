"""Many revisions squashed into one: chosen, written together, and the old files put aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.classes import RevisionClass
from bacowr.dbops.errors import refuse
from bacowr.dbops.history import parents_of, read_facts
from bacowr.dbops.lint.revisions import in_range
from bacowr.dbops.reshaping.composing import compose
from bacowr.dbops.reshaping.drafts import FileChanges
from bacowr.dbops.reshaping.texts import RevisionText, quoted
from bacowr.dbops.squashed import MARK, kept_files, squashed_by

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

FILE = '''"""{message}.

Squashed from {names}. A database that stands among them goes on through the
files that were.

Safe while the old code runs: only a database that has none of them runs it.
"""

{imports}

revision = {revision}
down_revision = {below}
branch_labels = {labels}
depends_on = {depends_on}
{classes}
{mark} = {{
{squashed}
}}


{body}
'''


@dataclass(frozen=True)
class Squash:
    """The revisions that become one, parents before children, and where that one stands."""

    scripts: tuple[Script, ...]
    below: str | None
    depends_on: tuple[str, ...]

    @property
    def revision(self) -> str:
        """Return the id of the one that they become: the last one's."""
        return self.scripts[-1].revision

    @property
    def ids(self) -> tuple[str, ...]:
        """Return their ids."""
        return tuple(one.revision for one in self.scripts)


def plan_squash(directory: ScriptDirectory, range_: str) -> Squash:
    """Return the revisions of a range A:B: those behind A, up to and with B.

    Raises Refused, naming the revision, where they can't become one: others stand on one in the
    middle, or they stand on more than one.
    """
    chosen = in_range(directory, range_)
    every = reversed(list(directory.walk_revisions("base", "heads")))
    scripts = tuple(one for one in every if one.revision in chosen)
    if len(scripts) < 2:  # noqa: PLR2004 - One is one already.
        said = f"{range_} holds {len(scripts)} revisions; squashing takes two or more."
        raise refuse("squash-range", said, remedy="A:B takes those behind A, up to and with B.")
    _refuse_children(directory, scripts)
    below = {one for script in scripts for one in script._versioned_down_revisions} - chosen  # noqa: SLF001 - Parents only, by id.
    if len(below) > 1 or (below and any(script.is_base for script in scripts)):
        said = f"{range_} begins at more than one revision: {', '.join(sorted(below))}."
        remedy = "Begin behind the revision at which they part."
        raise refuse("squash-range", said, remedy=remedy)
    needs = {one for script in scripts for one in parents_of(script)} - chosen - below
    return Squash(scripts, next(iter(below), None), tuple(sorted(needs)))


def _refuse_children(directory: ScriptDirectory, scripts: tuple[Script, ...]) -> None:
    ids = {one.revision for one in scripts}
    for script in scripts[:-1]:
        for child in sorted(script._all_nextrev - ids):  # noqa: SLF001 - Dependents among them.
            raise refuse(
                "squash-middle",
                f"{child} stands on {script.revision}, in the middle of the range. No file was "
                "changed.",
                where=str(getattr(directory.get_revision(child), "path", "")),
                remedy=f"End the range at {script.revision}, or take {child} into it.",
            )
    lonely = [one.revision for one in scripts[:-1] if not one._all_nextrev & ids]  # noqa: SLF001 - As above.
    if lonely:
        said = f"Nothing of the range stands on {lonely[0]}, so it has more than one end."
        raise refuse("squash-middle", said, remedy="Merge the heads first: flask db merge.")


def changes_for(
    directory: ScriptDirectory, squash: Squash, message: str, *, deletes: bool
) -> FileChanges:
    """Return what becomes of the files: one is written, the old ones are put aside or deleted."""
    paths = [Path(one.path) for one in squash.scripts]
    target = path_for(squash, message)
    folder = kept_files(directory, squash.revision)
    kept = {} if deletes else {folder / one.name: one.read_text("utf-8") for one in paths}
    return FileChanges({**kept, target: file_of(squash, message)}, frozenset(paths))


def path_for(squash: Squash, message: str) -> Path:
    """Return the path of the one file: named anew where the last one's was named by its id."""
    last = Path(squash.scripts[-1].path)
    if not last.name.startswith(squash.revision):
        return last
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")[:50].rstrip("_")
    return last.with_name(f"{squash.revision}_{slug}.py")


def file_of(squash: Squash, message: str) -> str:
    """Return the text of the one file."""
    texts = [
        RevisionText(Path(one.path), Path(one.path).read_text("utf-8")) for one in squash.scripts
    ]
    imports, body = compose(texts)
    labels = tuple(sorted({label for one in texts for label in one.labels}))
    return FILE.format(
        message=message.strip().rstrip(".").replace("\\", "/").replace('"', "'"),
        names=f"{squash.ids[0]} to {squash.revision} ({len(squash.ids)} revisions)",
        imports=imports,
        revision=quoted((squash.revision,)),
        below=quoted((squash.below,) if squash.below else ()),
        labels=quoted(labels),
        depends_on=quoted(squash.depends_on),
        classes=_class_of(squash),
        mark=MARK,
        squashed="\n".join(f'    "{one}": "{told}",' for one, told in _checksums(squash).items()),
        body=body,
    )


def _checksums(squash: Squash) -> dict[str, str]:
    """Return what was applied under each id, revisions that were squashed before among them."""
    found: dict[str, str] = {}
    for script in squash.scripts:
        found |= squashed_by(script.module)
        found[script.revision] = read_facts(script).checksum
    return found


def _class_of(squash: Squash) -> str:
    """Return the lines that declare its class: the strictest of theirs."""
    facts = [read_facts(one) for one in squash.scripts]
    kinds = {one.kind for one in facts}
    vouched = "dbops_compatible = True\n" if all(one.compatible for one in facts) else ""
    if kinds == {RevisionClass.DATA}:
        return f'dbops_class = "data"\n{vouched}'
    word = RevisionClass.EXPAND if vouched else RevisionClass.CONTRACT
    return f'dbops_class = "{word}"\n'
