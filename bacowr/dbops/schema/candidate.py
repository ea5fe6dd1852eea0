"""A candidate revision: what was done to a database by hand, for the history to do as well."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command

from bacowr.dbops import head_file
from bacowr.dbops.errors import refuse
from bacowr.dbops.proposing.messages import refuse_meaningless
from bacowr.dbops.proposing.writing import declare_class
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.modelled import Models
from bacowr.dbops.schema.operations import Remade, to_operations, turned
from bacowr.dbops.schema.threeway import Party

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.config import Config
    from alembic.script import Script

    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.threeway import ThreeWay


@dataclass(frozen=True)
class Candidate:
    """What was written: the file, its id, and what no operation could be written for."""

    path: Path
    revision: str
    findings: tuple[Finding, ...]


def write_candidate(
    outcome: ThreeWay, config: Config, dialect: sa.Dialect, message: str | None, rev_id: str | None
) -> Candidate | None:
    """Write a revision by which the history comes to what this database already is.

    What only the models have is left to `flask db migrate`; None where there is nothing else.
    Raises Refused for a database that isn't at head, or a message that says nothing.
    """
    by_hand = [one.difference for one in outcome.drifts if Party.DATABASE in one.against]
    there, found = outcome.there, outcome.stand.schema
    if not by_hand or there is None or found is None:
        return None
    if outcome.stand.pending or not outcome.stand.heads:
        raise refuse(
            "not-at-head",
            "A revision of what was done by hand goes on top of the newest one, and this database "
            "is not there. No file was written.",
            remedy="flask db upgrade; or, without a version, flask db adopt and flask db stamp.",
        )
    refuse_meaningless(message)
    words = Models.of(None, dialect)  # The models' own words may say more than the database has.
    forth = to_operations([turned(one) for one in by_hand], there, words)
    back = to_operations(by_hand, found, words)
    script = _write(config, forth, back, {"message": message, "rev_id": rev_id})
    path = Path(script.path)
    declare_class(path)
    return Candidate(path, script.revision, tuple(_left(one) for one in forth.left))


def _write(config: Config, forth: Remade, back: Remade, given: dict[str, Any]) -> Script:
    """Let Alembic write the file, with the project's own env.py and template."""

    def fill(_migration: object, _revision: object, directives: list[Any]) -> None:
        directives[0].upgrade_ops.ops[:] = forth.operations
        directives[0].downgrade_ops.ops[:] = back.operations

    config.set_main_option("revision_environment", "true")
    script: Any = command.revision(config, process_revision_directives=fill, **given)
    head_file.keep(config)
    written: Script = script[0] if isinstance(script, list) else script
    return written


def _left(difference: Difference) -> Finding:
    return Finding(
        "by-hand",
        f"The revision lacks this, for which there is no operation: {turned(difference).to_text()}",
        where=difference.subject,
        remedy="Write it into the file as SQL.",
        level=Level.WARNING,
    )
