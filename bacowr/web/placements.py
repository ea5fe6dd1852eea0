"""Placements from a file or pasted rows: looked over first, stored when a person says so."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.backlinks import bringing
from bacowr.backlinks.bringing import Looked, LookedRow
from bacowr.backlinks.columns import FIELDS
from bacowr.backlinks.importing import Action
from bacowr.base.errors import Invalid
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.intake import service as intake
from bacowr.intake.models import ImportRun, ImportStatus
from bacowr.web import forms, htmx, numbers
from bacowr.web.wording import Sign

ROWS_PER_PAGE = 50
RED = "red"
ACTIONS: Mapping[str, Sign] = MappingProxyType(
    {
        Action.ADD: Sign("To add", "plus", "ok"),
        Action.OVERWRITE: Sign("To overwrite", "refresh", "warn"),
        Action.SAME: Sign("Known, the same", "copy", "idle"),
        Action.SKIP: Sign("To skip", "ban", "idle"),
        Action.FAULTY: Sign("Fault", "alert-triangle", "bad"),
    }
)
BECAME: Mapping[str, Sign] = MappingProxyType(
    {
        **ACTIONS,
        Action.ADD: Sign("Added", "circle-check", "ok"),
        Action.OVERWRITE: Sign("Overwritten", "refresh", "warn"),
        Action.SKIP: Sign("Skipped", "ban", "idle"),
        Action.FAULTY: Sign("Left out", "alert-triangle", "bad"),
    }
)

bp = Blueprint("placements", __name__)


@bp.get("/backlinks/import")
@needs(Permission.BACKLINKS_IMPORT)
def new() -> str:
    """Ask for a file or pasted rows, and offer those that nobody has decided on."""
    return _asked()


@bp.post("/backlinks/import")
@needs(Permission.BACKLINKS_IMPORT)
def create() -> ResponseReturnValue:
    """Take a file in and go to what would become of it; the library stays as it is."""
    try:
        data, name = forms.brought()
        run, is_known = bringing.bring(data, name, owner=current_user())
    except Invalid as error:
        return _asked(error, request.form.get("rows", "")), error.status
    if is_known:
        flash("This very file was brought before; here it is. Nothing was changed.")
    return htmx.go(url_for("web.placements.show", run_id=run.id))


@bp.get("/backlinks/imports/<run_id>")
@needs(Permission.BACKLINKS_IMPORT)
def show(run_id: str) -> str:
    """Show what would become, or became, of each row."""
    return _page(bringing.get(run_id, owner=current_user()))


@bp.post("/backlinks/imports/<run_id>/columns")
@needs(Permission.BACKLINKS_IMPORT)
def change(run_id: str) -> ResponseReturnValue:
    """Say which column is which, and what becomes of known links; look it over again."""
    user = current_user()
    run = bringing.get(run_id, owner=user)
    places = range(len(run.contents["headings"]))
    override = {place: request.form.get(f"column-{place}", "") for place in places}
    names = (bringing.ON_DUPLICATE, bringing.CURRENCY)
    told = {name: text for name in names if (text := request.form.get(name, "").strip())}
    bringing.change(run, override, told, by=user)
    return htmx.go(url_for("web.placements.show", run_id=run.id))


@bp.post("/backlinks/imports/<run_id>/store")
@needs(Permission.BACKLINKS_IMPORT)
def store(run_id: str) -> ResponseReturnValue:
    """Bring the rows in that are in order."""
    user = current_user()
    run = bringing.get(run_id, owner=user)
    bringing.store(run, by=user)
    return htmx.go(url_for("web.placements.show", run_id=run.id))


@bp.post("/backlinks/imports/<run_id>/discard")
@needs(Permission.BACKLINKS_IMPORT)
def discard(run_id: str) -> ResponseReturnValue:
    """Put a file aside."""
    user = current_user()
    intake.discard(bringing.get(run_id, owner=user), by=user)
    flash("The file was put aside. The library is as it was.")
    return htmx.go(url_for("web.placements.new"))


def _asked(error: Invalid | None = None, pasted: str = "") -> str:
    return render_template(
        "backlinks/import.html",
        errors=error.fields if error else {},
        pasted=pasted,
        waiting=bringing.open_imports(current_user()),
    )


def _page(run: ImportRun) -> str:
    found, part = bringing.looked(run), request.args.get("part", "")
    rows = _part(found, part)
    last = max(1, -(-len(rows) // ROWS_PER_PAGE))
    number = min(numbers.page(request.args.get("page")), last)
    is_stored = run.status is ImportStatus.IMPORTED
    return render_template(
        "backlinks/imported.html",
        run=run,
        found=found,
        is_open=run.status is ImportStatus.OPEN,
        is_stored=is_stored,
        signs=BECAME if is_stored else ACTIONS,
        actions=list(Action),
        headings=run.contents["headings"],
        fields=FIELDS,
        settings=run.settings,
        rows=rows[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE],
        part=part,
        number=number,
        last=last,
    )


def _part(found: Looked, part: str) -> list[LookedRow]:
    if part == RED:
        return [each for each in found.rows if each.is_red]
    return [each for each in found.rows if part not in set(Action) or each.action == part]
