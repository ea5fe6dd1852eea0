"""For load balancers: is it alive, and is it ready to serve."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from bacowr.base.db import db
from bacowr.gate.guard import public

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
@public
def live() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok"}


@bp.get("/ready")
@public
def ready() -> tuple[dict[str, object], int]:
    """Answer 200 when the database is there with every revision of this code, else 503."""
    try:
        with db.engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError:
        return {"status": "unavailable", "reason": "The database does not answer."}, 503
    pending = pending_revisions(current_app.extensions["script_directory"], current)
    if pending:
        reason = f"{len(pending)} pending revision(s): run `flask db upgrade`."
        return {"status": "unavailable", "reason": reason, "pending": pending}, 503
    return {"status": "ok"}, 200


def pending_revisions(script: ScriptDirectory, current: set[str]) -> list[str]:
    """Return the revisions of this code that the database lacks, oldest first.

    A revision that this code doesn't know is one that newer code applied, not a pending one.
    """
    known = [revision.revision for revision in script.walk_revisions()]
    if not current.issubset(known):
        return []
    applied = {
        revision.revision
        for revision in script.iterate_revisions(tuple(current), "base", inclusive=True)
    }
    return [revision for revision in reversed(known) if revision not in applied]
