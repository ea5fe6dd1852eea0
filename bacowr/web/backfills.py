"""Changes of many rows that go on while everybody works: watched and steered."""

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.audit import service as audit
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.dbops.backfill.continuing import read_all
from bacowr.dbops.backfill.states import CANCEL, PAUSE, RESUME, UNFINISHED, Move, State
from bacowr.dbops.backfill.steering import steer
from bacowr.dbops.project import Project, read_project
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.web import htmx

bp = Blueprint("backfills", __name__, url_prefix="/database/backfills")

MOVES: dict[str, Move] = {move.name: move for move in (PAUSE, RESUME, CANCEL)}
WORDS = {PAUSE: "Pause", RESUME: "Go on", CANCEL: "Give up"}


def told(project: Project) -> dict[str, Any]:
    """Return what the part of the page needs; the newest backfill comes first."""
    found = tuple(reversed(read_all(project)))
    return {
        "backfills": found,
        "is_moving": any(one.state in UNFINISHED for one in found),
        "acts": {
            state: [(move.name, word) for move, word in WORDS.items() if state in move.sources]
            for state in State
        },
    }


@bp.get("")
@needs(Permission.DATABASE_MANAGE)
def show() -> str:
    """Show how the backfills stand; htmx asks again while one is under way."""
    return render_template("database/_backfills.html", **told(read_project(current_app)))


@bp.post("/<revision>/<act>")
@needs(Permission.DATABASE_MANAGE)
def move(revision: str, act: str) -> ResponseReturnValue:
    """Let a backfill rest, go on, or be given up."""
    project = read_project(current_app)
    if act not in MOVES or revision not in {one.revision for one in read_all(project)}:
        raise NotFound("There is no such backfill.")
    if not steer(project, MOVES[act], revision):
        raise Conflict("The backfill is in another state by now. Load the page again.")
    _note(act, revision)
    return htmx.go(url_for("web.database.show", _anchor="backfills"))


@transaction
def _note(act: str, revision: str) -> None:
    audit.note(f"backfill.{act}", "dbops_backfills", revision, actor=current_user())
