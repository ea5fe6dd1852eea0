"""The file of a data revision: the project's own head, and a backfill to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command

from bacowr.dbops import head_file
from bacowr.dbops.proposing.messages import refuse_meaningless

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script

IMPORT: Final = "from bacowr.dbops.backfill import Backfill"
DECLARATION: Final = """
dbops_class = "data"
dbops_compatible = True

backfill = Backfill(
    table="TABLE",
    where="NEW IS NULL",  # The rows still to be done: a batch that is done again changes nothing.
    sql="UPDATE TABLE SET NEW = lower(OLD) WHERE {these}",
)

"""
UPGRADE: Final = """def upgrade() -> None:
    backfill.start()


def downgrade() -> None:
    pass
"""
UNUSED: Final = frozenset({"import sqlalchemy as sa", "from alembic import op"})


def write_data_revision(config: Config, **words: Any) -> Path:  # noqa: ANN401 - Alembic's own options.
    """Write a revision that declares a backfill; the head of the file is the project's own.

    Raises Refused for a message that says nothing.
    """
    refuse_meaningless(words["message"])
    words["depends_on"] = list(words["depends_on"]) or None
    script: Script = command.revision(config, **words)  # type: ignore[assignment] # One is asked for.
    path = Path(script.path)
    path.write_text(with_backfill(path.read_text("utf-8")), "utf-8")
    head_file.keep(config)
    return path


def with_backfill(source: str) -> str:
    """Return a fresh revision's text with a backfill in place of its empty functions."""
    head = source[: source.index("\ndef upgrade(")].rstrip()
    lines = head.splitlines()
    last = max(n for n, line in enumerate(lines) if line.startswith(("import ", "from ")))
    kept = [line for line in lines[: last + 1] if line.strip() not in UNUSED]
    return "\n".join([*kept, IMPORT, *lines[last + 1 :], DECLARATION, UPGRADE])
