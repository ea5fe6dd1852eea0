"""The database as a whole, for admins: where it stands, its copies, its shape, its door."""

import threading
from datetime import timedelta
from typing import Any

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from bacowr.accounts.permissions import Permission
from bacowr.audit import service as audit
from bacowr.base.db import transaction
from bacowr.base.errors import Invalid, NotFound
from bacowr.dbops import backups as copies
from bacowr.dbops import catalog
from bacowr.dbops.commands.options import alembic_config
from bacowr.dbops.diagnose import explain
from bacowr.dbops.locations import database_name, directory_for
from bacowr.dbops.maintenance.window import MESSAGE, Mode, Window, close, lift, now, read
from bacowr.dbops.project import Project, read_project
from bacowr.dbops.report import Report
from bacowr.dbops.schema.sources import live_schema
from bacowr.dbops.schema.svg import stylesheet, svg
from bacowr.dbops.schema.telling import drift_report
from bacowr.dbops.schema.threeway import look_three_ways
from bacowr.dbops.standing import look, read_heads
from bacowr.gate.guard import needs, public
from bacowr.gate.identity import current_user
from bacowr.web import backfills, forms, htmx, revisions

bp = Blueprint("database", __name__, url_prefix="/database")
comparing = threading.Lock()
"""A replay uses Alembic's `op`, of which a process has one."""

LONGEST_MINUTES = 24 * 60


class WindowSchema(Schema):
    """What an admin says when closing the application."""

    message = fields.String(load_default=MESSAGE, validate=validate.Length(1, 500))
    minutes = fields.Integer(load_default=60, validate=validate.Range(1, LONGEST_MINUTES))
    mode = fields.Enum(Mode, by_value=True, load_default=Mode.CLOSED)


@bp.get("")
@needs(Permission.DATABASE_MANAGE)
def show() -> str:
    """Show where the database stands."""
    return _page()


@bp.post("/maintenance")
@needs(Permission.DATABASE_MANAGE)
def close_door() -> ResponseReturnValue:
    """Close the application for everybody but admins, or change what is said about it."""
    try:
        said = forms.read(WindowSchema())
    except Invalid as error:
        return _page(error), error.status
    until = now() + timedelta(minutes=said["minutes"])
    project = read_project(current_app)
    close(project.engine, Window(until, said["message"], said["mode"]), project.schema)
    _note("maintenance.close", mode=said["mode"], until=until.isoformat())
    return _changed("The application is closed. You and other admins still get in.")


@bp.post("/maintenance/end")
@needs(Permission.DATABASE_MANAGE)
def open_door() -> ResponseReturnValue:
    """Open the application again."""
    project = read_project(current_app)
    lift(project.engine, project.schema)
    _note("maintenance.open")
    return _changed("The application is open again.")


@bp.post("/backups")
@needs(Permission.DATABASE_MANAGE)
def back_up() -> ResponseReturnValue:
    """Take a copy now, and read it back."""
    project = read_project(current_app)
    url = project.engine.url
    try:
        with copies.alone(url, project.settings.busy_timeout):
            heads = read_heads(project)
            made = copies.take(project.engine, project.settings, heads, catalog.Reason.HAND)
    except Exception as error:  # noqa: BLE001  # Whatever it is, it is told in words.
        return _page(Invalid(explain(error).message)), 409
    _note("database.backup", file=made.path.name)
    flash(f"{made.path.name} is there. It was read back and is whole.")
    return htmx.go(url_for("web.database.show"))


@bp.get("/backups/<name>")
@needs(Permission.DATABASE_MANAGE)
def check_backup(name: str) -> str:
    """Read a copy whole and compare it with its record."""
    found = [one for one in _copies(read_project(current_app)) if one.path.name == name]
    if not found:
        raise NotFound("There is no such backup.")
    state = found[0].state(thorough=True)
    return render_template("database/_checked.html", state=state)


@bp.get("/drift")
@needs(Permission.DATABASE_MANAGE)
def drift() -> str:
    """Compare the models, the history and the database."""
    try:
        with comparing:
            config = alembic_config(None, opts=["drift"])
            if config.cmd_opts is not None:
                config.cmd_opts.quiet = True
            report = drift_report(look_three_ways(read_project(current_app), config))
    except Exception as error:  # noqa: BLE001  # As above.
        found = explain(error)
        report = Report(found.message, (found,))
    return render_template("database/_drift.html", report=report)


@bp.get("/diagram")
@needs(Permission.DATABASE_MANAGE)
def diagram() -> str:
    """Show the tables and their references."""
    picture = svg(live_schema(read_project(current_app)), has_style=False)
    return render_template("database/diagram.html", picture=picture)


@bp.get("/diagram.css")
@public
def diagram_style() -> Response:
    """Send how a diagram looks; a page may not hold styles."""
    response = Response(stylesheet(), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    response.make_conditional(request)
    return response


def _page(error: Invalid | None = None) -> str:
    project = read_project(current_app)
    directory: ScriptDirectory = current_app.extensions["script_directory"]
    standing = look(project, directory)
    window = read(project.engine, project.schema)
    told: dict[str, Any] = {
        "standing": standing,
        "steps": revisions.timeline(standing, directory),
        "copies": _copies(project),
        "can_copy": directory_for(project.engine.url, project.settings) is not None,
        "window": window if window and window.seconds_left() > 0 else None,
        "message": MESSAGE,
        "error": error,
        **backfills.told(project),
    }
    return render_template("database/show.html", **told)


def _copies(project: Project) -> list[catalog.Backup]:
    url = project.engine.url
    place = directory_for(url, project.settings)
    return catalog.listed(place, database_name(url)) if place else []


def _changed(text: str) -> ResponseReturnValue:
    current_app.extensions["dbops"].doorkeeper.watch.forget()
    flash(text)
    return htmx.go(url_for("web.database.show"))


@transaction
def _note(action: str, **data: str) -> None:
    audit.note(action, "database", "-", actor=current_user(), **data)
