"""Changing imports: taken in, mapped, chosen from, and closed once."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.intake import columns
from bacowr.intake.models import ImportKind, ImportRun, ImportStatus
from bacowr.intake.reading import read_table, sha256_of
from bacowr.intake.table import Fault, Row, Table

PASTED = "Pasted rows"
SKIP, TAKE = "skip", "take"
NAME_LENGTH = 255


@transaction
def take_in(data: bytes | str, name: str, kind: ImportKind, *, owner: User) -> ImportRun:
    """Keep a file or pasted rows, with nothing done about them; raise Invalid for no table."""
    table = read_table(data, name)
    run = ImportRun(
        owner_id=owner.id,
        kind=kind,
        file_name=(name.strip() or PASTED)[:NAME_LENGTH],
        sha256=sha256_of(data),
        size_bytes=len(data.encode() if isinstance(data, str) else data),
        row_count=len(table.rows),
        contents=_as_json(table),
    )
    db.session.add(run)
    audit.record("import.create", run, actor=owner, rows=run.row_count)
    return run


def table_of(run: ImportRun) -> Table:
    """Give the table that was read."""
    kept = run.contents
    return Table(
        tuple(kept["headings"]),
        tuple(Row(number, tuple(cells)) for number, cells in kept["rows"]),
        tuple(Fault(**each) for each in kept["faults"]),
    )


def override_of(run: ImportRun) -> columns.Override:
    """Give what a person said about the columns."""
    return {int(place): str(name) for place, name in run.mapping.items()}


@transaction
def change(run: ImportRun, override: columns.Override, settings: Mapping[str, Any]) -> None:
    """Say which column is which, and what holds where a row says nothing; Conflict once closed."""
    _lock(run)
    run.mapping = {str(place): name for place, name in override.items()}
    run.settings = dict(settings)


@transaction
def choose(run: ImportRun, numbers: Iterable[int], choice: str | None) -> None:
    """Skip or take rows, or with None leave them to the rules; raise Conflict once closed."""
    _lock(run)
    rest = {str(number) for number in numbers}
    kept = {number: said for number, said in run.choices.items() if number not in rest}
    run.choices = kept | (dict.fromkeys(rest, choice) if choice else {})


@transaction
def report(run: ImportRun, found: Mapping[str, Any]) -> None:
    """Keep what the rows were found to be; nothing happens once the import is closed."""
    if run.status is ImportStatus.OPEN:
        run.report = dict(found)


@transaction
def close(run: ImportRun, outcome_id: str, *, by: User) -> None:
    """Note what came of an import; raise Conflict when that was done before: it is done once."""
    _lock(run)
    run.status, run.imported_at = ImportStatus.IMPORTED, clock.now()
    run.outcome_id = outcome_id
    audit.record("import.close", run, actor=by, outcome=outcome_id)


@transaction
def discard(run: ImportRun, *, by: User) -> None:
    """Put an import aside, so that the same file can be brought anew; Conflict once closed."""
    _lock(run)
    run.status = ImportStatus.DISCARDED
    audit.record("import.discard", run, actor=by)


def _lock(run: ImportRun) -> None:
    """Keep others from changing the import until this unit of work ends."""
    changed = (
        sa.update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.status == ImportStatus.OPEN)
        .values(version=ImportRun.version + 1)
        .returning(ImportRun.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(changed) is None:
        raise Conflict("This import is closed already; nothing was changed.")
    db.session.refresh(run)


def _as_json(table: Table) -> dict[str, Any]:
    return {
        "headings": list(table.headings),
        "rows": [[row.number, list(row.cells)] for row in table.rows],
        "faults": [asdict(each) for each in table.faults],
    }
