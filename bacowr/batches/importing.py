"""From a job sheet to a batch: taken in once, looked over, and started by a person."""

from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.batches import examining, service
from bacowr.batches.examining import Examined, Kind, Looked
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.service import Plan
from bacowr.intake import queries as imports
from bacowr.intake import service as intake
from bacowr.intake.models import ImportKind, ImportRun, ImportStatus
from bacowr.intake.reading import sha256_of
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.holds import Wanted


def get(run_id: str, *, owner: User) -> ImportRun:
    """Get a job sheet that the person may see; raise NotFound for any other."""
    return imports.get(run_id, ImportKind.ORDERS, owner=owner)


def bring(data: bytes | str, name: str, *, owner: User) -> tuple[ImportRun, bool]:
    """Take a job sheet in; the same one again gives the import that exists, and True.

    One whose batch was canceled may come again. Raise Invalid for what is no table.
    """
    known = imports.find_same(sha256_of(data), ImportKind.ORDERS, owner=owner)
    if known and not _is_void(known):
        return known, True
    return intake.take_in(data, name, ImportKind.ORDERS, owner=owner), False


def batch_of(run: ImportRun) -> Batch | None:
    """Find the batch that came of an import."""
    return db.session.get(Batch, run.outcome_id) if run.outcome_id else None


def _is_void(run: ImportRun) -> bool:
    if run.status is not ImportStatus.IMPORTED:
        return False
    batch = batch_of(run)
    return batch is None or batch.status is BatchStatus.CANCELED


def look(run: ImportRun, *, owner: User, equipment: Equipment) -> Examined:
    """Look the rows over and keep what was found; nothing is ordered or spent."""
    found = examining.examine(run, owner=owner, equipment=equipment)
    summary = _summary(found)
    if run.report != summary:
        intake.report(run, summary)
    return found


def start(run: ImportRun, plan: Plan, *, owner: User, equipment: Equipment) -> Batch:
    """Make a batch of the rows that are to be taken, all or none; an import is started once.

    Raise Conflict when it was started or put aside before, Invalid when nothing can be taken.
    """
    if run.status is not ImportStatus.OPEN:
        raise Conflict("This import is closed already; nothing was started.")
    found = examining.examine(run, owner=owner, equipment=equipment)
    return _make(run, found, plan, owner)


@transaction
def _make(run: ImportRun, found: Examined, plan: Plan, owner: User) -> Batch:
    batch = service.create([_wanted(each) for each in found.taken], plan, owner=owner)
    intake.report(run, _summary(found))
    intake.close(run, batch.id, by=owner)
    return batch


def _wanted(looked: Looked) -> Wanted:
    if looked.line.order is None:
        raise LookupError(f"Row {looked.line.number} has no order.")
    return Wanted(looked.line.order, looked.line.number, looked.cost_usd)


def _summary(found: Examined) -> dict[str, Any]:
    """Say in figures what was found, row by row where something was."""
    return {
        "rows": len(found.rows),
        "taken": len(found.taken),
        "faulty": found.count(Kind.FAULTY),
        "duplicates": found.count(Kind.DUPLICATE),
        "cost_usd": found.cost_usd,
        "faults": [
            {"row": each.row, "column": each.column, "fault": each.fault, "fix": each.fix}
            for looked in found.rows
            for each in looked.line.faults
        ],
    }


def open_imports(owner: User) -> list[Any]:
    """List the job sheets that were brought and not decided on, newest first."""
    select: sa.Select[*tuple[Any, ...]] = imports.open_of(owner, ImportKind.ORDERS)
    return list(db.session.execute(select.limit(20)))
