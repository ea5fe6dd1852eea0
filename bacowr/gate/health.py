"""For load balancers: is it alive, and is it ready to serve."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from bacowr.base.db import db
from bacowr.dbops.phases import awaited
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
    """Return the revisions that the database lacks for this code to serve, oldest first.

    A revision that this code doesn't know is one that newer code applied, not a pending one; one
    that waits until older code is gone is not needed to serve.
    """
    known = {revision.revision for revision in script.walk_revisions()}
    if not current.issubset(known):
        return []
    if current == set(script.get_heads()):
        return []
    return list(awaited(script, tuple(current)))
