"""Reading imports."""

from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.intake.models import ImportKind, ImportRun, ImportStatus

_column = ImportRun.__table__.c


def get(run_id: str, kind: ImportKind, *, owner: User) -> ImportRun:
    """Get an import of this kind that the person may see; raise NotFound for any other."""
    select = sa.select(ImportRun).where(
        ImportRun.id == run_id, ImportRun.kind == kind, visible_to(owner, ImportRun.owner_id)
    )
    if run := db.session.scalar(select):
        return run
    raise NotFound("There is no such import.")


def find_same(sha256: str, kind: ImportKind, *, owner: User) -> ImportRun | None:
    """Find the last import that the person may see of the same bytes that wasn't discarded."""
    select = (
        sa.select(ImportRun)
        .where(
            visible_to(owner, ImportRun.owner_id),
            ImportRun.sha256 == sha256,
            ImportRun.kind == kind,
            ImportRun.status != ImportStatus.DISCARDED,
        )
        .order_by(ImportRun.created_at.desc(), ImportRun.id)
    )
    return db.session.scalars(select.limit(1)).first()


def open_of(owner: User, kind: ImportKind) -> sa.Select[*tuple[Any, ...]]:
    """Select what the person may see and nobody has decided on, newest first, without contents."""
    return (
        sa.select(_column.id, _column.file_name, _column.row_count, _column.created_at)
        .where(
            visible_to(owner, _column.owner_id),
            _column.kind == kind,
            _column.status == ImportStatus.OPEN,
        )
        .order_by(_column.created_at.desc(), _column.id)
    )
