"""The revisions' files read as text, for what Alembic can't load or passes over."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def revision_of(source: str) -> str | None:
    """Return the id that a file gives itself; None when it gives none or isn't Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        named = any(isinstance(one, ast.Name) and one.id == "revision" for one in targets)
        value = getattr(node, "value", None)
        if named and isinstance(value, ast.Constant):
            return str(value.value)
    return None


@contextmanager
def each_id_once() -> Iterator[None]:
    """Raise a UserWarning inside where several files bear one id, and Alembic takes one of them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Revision .* is present more than once")
        yield


def find_duplicates(folders: Iterable[Path]) -> Iterator[Finding]:
    """Yield the ids that more than one file bears: Alembic takes one of them and passes on."""
    files: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            revision = revision_of(path.read_text("utf-8", "replace"))
            if revision is not None:
                files[revision].append(path)
    for revision, paths in files.items():
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            yield Finding(
                "duplicate-id",
                f"Several files call themselves revision {revision}: {names}. Only one of them "
                "would be applied.",
                str(paths[0].parent),
                "`flask db rebase` gives your branch's another id and puts it behind the other.",
            )
