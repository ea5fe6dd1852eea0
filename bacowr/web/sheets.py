"""Job sheets: brought, looked over, mapped, and started as a batch."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.batches import importing, progress, scheduling
from bacowr.batches.examining import Examined, Kind, Looked
from bacowr.batches.models import PARALLEL, STARTS_PER_MINUTE
from bacowr.batches.service import Plan
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.intake import service as intake
from bacowr.intake.columns import ORDERS
from bacowr.intake.models import ImportRun, ImportStatus
from bacowr.web import batches, batchwords, choices, estimates, forms, htmx, numbers

ROWS_PER_PAGE = 50
SETTINGS = ("llm_provider", "writing_strategy", "language", "country", "deal_type", "brief_only")
ZONES = (
    "Europe/Stockholm",
    "Europe/Oslo",
    "Europe/Copenhagen",
    "Europe/Helsinki",
    "Europe/London",
    "Europe/Berlin",
    "UTC",
)

bp = Blueprint("sheets", __name__)


@bp.get("/batches/new")
@needs(Permission.BATCHES_CREATE)
def new() -> str:
    """Ask for a file or pasted rows, and offer those that nobody has decided on."""
    return _asked()


@bp.post("/batches/sheets")
@needs(Permission.BATCHES_CREATE)
def create() -> ResponseReturnValue:
    """Take a job sheet in and go to it; nothing is ordered yet."""
    try:
        data, name = forms.brought()
        run, is_known = importing.bring(data, name, owner=current_user())
    except Invalid as error:
        return _asked(error, request.form.get("rows", "")), error.status
    if is_known:
        flash("This very sheet was brought before; here it is. Nothing was changed.")
    return htmx.go(url_for("web.sheets.show", run_id=run.id))


@bp.get("/batches/sheets/<run_id>")
@needs(Permission.BATCHES_CREATE)
def show(run_id: str) -> ResponseReturnValue:
    """Show what the sheet holds and what would come of it."""
    return _page(importing.get(run_id, owner=current_user()))


@bp.post("/batches/sheets/<run_id>/columns")
@needs(Permission.BATCHES_CREATE)
def change(run_id: str) -> ResponseReturnValue:
    """Say which column is which, and what holds where a row says nothing."""
    run = importing.get(run_id, owner=current_user())
    headings = range(len(run.contents["headings"]))
    override = {place: request.form.get(f"column-{place}", "") for place in headings}
    settings = {name: request.form.get(name, "") for name in SETTINGS}
    intake.change(run, override, {name: value for name, value in settings.items() if value})
    return _back_to(run)


@bp.post("/batches/sheets/<run_id>/rows")
@needs(Permission.BATCHES_CREATE)
def choose(run_id: str) -> ResponseReturnValue:
    """Skip or take one row, or all duplicates."""
    user = current_user()
    run = importing.get(run_id, owner=user)
    choice = intake.TAKE if "take" in request.form else intake.SKIP
    said = request.form.get(choice, "")
    if said == "duplicates":
        found = importing.look(run, owner=user, equipment=installation.own_equipment())
        rows = [each.line.number for each in found.rows if each.kind is Kind.DUPLICATE]
    else:
        rows = [numbers.page(said)]
    intake.choose(run, rows, choice)
    return _back_to(run)


@bp.post("/batches/sheets/<run_id>/start")
@needs(Permission.BATCHES_RUN)
def start(run_id: str) -> ResponseReturnValue:
    """Make a batch of the rows that are taken, to begin at once or at the chosen moment."""
    user = current_user()
    run = importing.get(run_id, owner=user)
    try:
        batch = importing.start(run, _plan(), owner=user, equipment=installation.own_equipment())
    except Invalid as error:
        return _page(run, error), error.status
    return htmx.go(url_for("web.batches.show", batch_id=batch.id))


@bp.post("/batches/sheets/<run_id>/discard")
@needs(Permission.BATCHES_CREATE)
def discard(run_id: str) -> ResponseReturnValue:
    """Put a sheet aside."""
    user = current_user()
    intake.discard(importing.get(run_id, owner=user), by=user)
    flash("The sheet was put aside. Nothing was ordered.")
    return htmx.go(url_for("web.sheets.new"))


def _plan() -> Plan:
    pace = batches.read_pace()
    name = request.form.get("name", "")
    if request.form.get("when") != "later":
        return Plan(name, pace)
    zone = request.form.get("time_zone", "")
    return Plan(name, pace, scheduling.moment(request.form.get("start_at", ""), zone), zone)


def _asked(error: Invalid | None = None, pasted: str = "") -> str:
    return render_template(
        "batches/new.html",
        errors=error.fields if error else {},
        pasted=pasted,
        waiting=importing.open_imports(current_user()),
    )


def _back_to(run: ImportRun) -> ResponseReturnValue:
    if htmx.is_partial():
        return _page(run)
    return htmx.go(url_for("web.sheets.show", run_id=run.id, part=request.args.get("part")))


def _page(run: ImportRun, error: Invalid | None = None) -> str:
    user = current_user()
    found = importing.look(run, owner=user, equipment=installation.own_equipment())
    part = request.args.get("part", "")
    rows = _part(found, part)
    last = max(1, -(-len(rows) // ROWS_PER_PAGE))
    number = min(numbers.page(request.args.get("page")), last)
    return render_template(
        "batches/_sheet.html" if htmx.is_partial() else "batches/sheet.html",
        run=run,
        is_open=run.status is ImportStatus.OPEN,
        batch=importing.batch_of(run),
        found=found,
        headings=run.contents["headings"],
        rows=rows[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE],
        shown=(number, last, len(rows), part),
        fields=ORDERS,
        form=_form(run),
        time_needed=_time_needed,
        offer=estimates.offer(run.settings),
        languages=choices.languages(run.settings.get("language", "")),
        countries=choices.countries(run.settings.get("country", "")),
        choices=choices,
        zones=ZONES,
        errors=error.fields if error else {},
        words=batchwords,
    )


def _part(found: Examined, part: str) -> list[Looked]:
    if part == "taken":
        return found.taken
    if part == "warned":
        return [each for each in found.rows if each.warning]
    return [each for each in found.rows if part not in set(Kind) or each.kind == part]


def _form(run: ImportRun) -> Mapping[str, str]:
    """Give what the form for the start holds: what was sent, else what is usual."""
    tonight: datetime = scheduling.tonight()
    usual = {
        "name": run.file_name.rpartition(".")[0] or run.file_name,
        "parallel": str(PARALLEL),
        "starts_per_minute": str(STARTS_PER_MINUTE),
        "cap_usd": "",
        "start_at": tonight.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": scheduling.HOME,
    }
    return usual | {name: request.form[name] for name in usual if name in request.form}


def _time_needed(found: Examined, parallel: str, starts: str) -> str:
    paces = numbers.Reader({"parallel": parallel, "starts": starts})
    seconds = progress.seconds_needed(
        len(found.taken),
        found.seconds_each,
        max(1, paces.whole("parallel")),
        max(1, paces.whole("starts")),
    )
    return batchwords.duration(seconds)
