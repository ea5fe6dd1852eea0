"""`flask batches`: bring a sheet, look it over, start it, and steer what runs."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions
from bacowr.accounts import queries as people
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Conflict
from bacowr.batches import importing, queries, scheduling, service
from bacowr.batches.examining import Examined
from bacowr.batches.models import PARALLEL, STARTS_PER_MINUTE, Batch
from bacowr.batches.queries import Standing
from bacowr.batches.service import Pace, Plan
from bacowr.cli.errors import told
from bacowr.gate import installation
from bacowr.intake.models import ImportStatus

group = AppGroup("batches", help="Many orders in one go, from a sheet.")

by_owner = click.option(
    "--owner", "email", required=True, envvar="BACOWR_OWNER", help="E-mail of the batch's owner."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
batch_id = click.argument("batch_id", help="The batch's id.")


@group.command("list")
@by_owner
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page.")
@as_json
@told
def list_batches(email: str, page: int, as_json: bool) -> None:  # noqa: FBT001  # Click's.
    """List batches, newest first."""
    found = queries.page_of(people.get_by_email(email), page=page, size=50)
    if as_json:
        click.echo(_json([_told(each) for each in found.items]))
        return
    for each in found.items:
        far = f"{each.progress.ended}/{each.progress.total}"
        click.echo(f"{each.batch.id}  {each.batch.status:<16}  {far:>9}  {each.batch.name}")
    click.echo(f"{len(found.items)} of {found.total}, page {found.page}.", err=True)


@group.command("show")
@batch_id
@by_owner
@as_json
@told
def show(batch_id: str, email: str, as_json: bool) -> None:  # noqa: FBT001  # Click's.
    """Show how far a batch is, what it cost and how long it may still take."""
    _show(queries.get(batch_id, owner=people.get_by_email(email)), shown_as_json=as_json)


@group.command("create")
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV, XLSX or JSON with a publisher, a target and an anchor on each row.",
)
@by_owner
@click.option("--name", help="What to call the batch. Unset: the file's name.")
@click.option("--start", "starts", is_flag=True, help="Start it at once.")
@click.option("--at", help="Start it then: tonight, or a day and a time like 2026-11-22T23:00.")
@click.option("--zone", default=scheduling.HOME, show_default=True, help="The time zone of --at.")
@click.option("--parallel", default=PARALLEL, show_default=True, help="Orders at a time.")
@click.option(
    "--starts-per-minute", default=STARTS_PER_MINUTE, show_default=True, help="Starts a minute."
)
@click.option("--cap", "cap_usd", type=float, help="What it may spend in all, in US dollars.")
@as_json
@told
def create(file: Path, email: str, **options: Any) -> None:  # noqa: ANN401  # Click's.
    """Look a sheet over; with --start or --at, make a batch of the rows that are in order.

    Without either nothing is ordered or spent: the faults are named, and what it would cost. Rows
    with faults and duplicates are left out of the batch. The same file is started once.
    """
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.BATCHES_CREATE)
    equipment = installation.equipment()
    run, _ = importing.bring(file.read_bytes(), file.name, owner=owner)
    if run.status is ImportStatus.IMPORTED:
        raise Conflict(f"This very file was started before, as batch {run.outcome_id}.")
    found = importing.look(run, owner=owner, equipment=equipment)
    if not options["starts"] and not options["at"]:
        _looked(found, shown_as_json=options["as_json"])
        return
    permissions.require(owner, Permission.BATCHES_RUN)
    _warn(found)
    batch = importing.start(run, _plan(file, options), owner=owner, equipment=equipment)
    _show(batch, shown_as_json=options["as_json"])


def _plan(file: Path, options: dict[str, Any]) -> Plan:
    pace = Pace(options["parallel"], options["starts_per_minute"], options["cap_usd"])
    name = options["name"] or file.stem
    if not options["at"]:
        return Plan(name, pace)
    at = scheduling.moment(options["at"], options["zone"])
    return Plan(name, pace, at, options["zone"])


@group.command("pause")
@batch_id
@by_owner
@told
def pause(batch_id: str, email: str) -> None:
    """Let no further order of a batch begin; those under way go on to their ends."""
    batch, owner = _steered(batch_id, email)
    service.pause(batch, by=owner)
    click.echo(f"Paused {batch.id}.", err=True)


@group.command("resume")
@batch_id
@by_owner
@told
def resume(batch_id: str, email: str) -> None:
    """Go on with a paused batch."""
    batch, owner = _steered(batch_id, email)
    service.resume(batch, by=owner)
    click.echo(f"{batch.id} goes on.", err=True)


@group.command("cancel")
@batch_id
@by_owner
@told
def cancel(batch_id: str, email: str) -> None:
    """Withdraw every order of a batch that has not ended."""
    batch, owner = _steered(batch_id, email)
    service.cancel(batch, by=owner)
    click.echo(f"Canceled {batch.id}.", err=True)


@group.command("retry")
@batch_id
@by_owner
@told
def retry(batch_id: str, email: str) -> None:
    """Send the orders of a batch that failed on their way again."""
    batch, owner = _steered(batch_id, email)
    number = service.retry_failed(batch, by=owner)
    click.echo(f"{number} wait again.", err=True)


def _steered(batch_id: str, email: str) -> tuple[Batch, User]:
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.BATCHES_RUN)
    return queries.get(batch_id, owner=owner), owner


def _looked(found: Examined, *, shown_as_json: bool) -> None:
    if shown_as_json:
        click.echo(_json(_told_of_rows(found)))
        return
    _warn(found)
    cost = "unknown" if found.cost_usd is None else f"{found.cost_usd:.4f} USD"
    click.echo(f"{len(found.taken)} of {len(found.rows)} rows would be ordered; expected: {cost}.")
    click.echo("Nothing was ordered. Add --start, or --at tonight.", err=True)


def _warn(found: Examined) -> None:
    for fault in found.faults:
        click.echo(f"{fault.fault} {fault.fix}", err=True)
    for each in found.rows:
        for fault in each.line.faults:
            said = f"row {fault.row}, {fault.column or 'all columns'}: {fault.value!r}: "
            click.echo(f"{said}{fault.fault} {fault.fix}", err=True)
        for text in (each.same_as, each.warning):
            if text:
                click.echo(f"row {each.line.number}: {text}", err=True)


def _told_of_rows(found: Examined) -> dict[str, object]:
    return {
        "rows": [
            {
                "row": each.line.number,
                "kind": each.kind,
                "is_taken": each.is_taken,
                "same_as": each.same_as,
                "warning": each.warning,
                "faults": [
                    {"column": f.column, "value": f.value, "fault": f.fault, "fix": f.fix}
                    for f in each.line.faults
                ],
            }
            for each in found.rows
        ],
        "taken": len(found.taken),
        "estimated_cost": found.cost_usd,
    }


def _show(batch: Batch, *, shown_as_json: bool) -> None:
    standing = queries.standing(batch)
    if shown_as_json:
        click.echo(_json(_told(standing)))
        return
    progress = standing.progress
    click.echo(f"{batch.id}: {batch.status}, {batch.name}")
    click.echo(f"  {progress.ended} of {progress.total} ended, {progress.flying} under way")
    click.echo(
        f"  delivered {progress.delivered}, blocked {progress.blocked},"
        f" failed {progress.failed}, canceled {progress.canceled}"
    )
    if batch.start_at and not batch.started_at:
        at = scheduling.local(batch.start_at, batch.time_zone)
        click.echo(f"  starts {at:%Y-%m-%d %H:%M} {batch.time_zone}")
    if standing.spent.usd:
        click.echo(f"  spent {standing.spent.usd:.4f} USD")
    if standing.seconds_left is not None:
        click.echo(f"  about {standing.seconds_left / 60:.0f} min left")


def _told(standing: Standing) -> dict[str, object]:
    batch, progress = standing.batch, standing.progress
    names = ("held", "waiting", "running", "delivered", "blocked", "failed", "canceled", "total")
    return {
        "id": batch.id,
        "name": batch.name,
        "status": batch.status,
        "halt_reason": batch.halt_reason,
        "start_at": batch.start_at.isoformat() if batch.start_at else None,
        "jobs": {name: getattr(progress, name) for name in names},
        "estimated_cost": batch.estimated_cost_usd,
        "actual_cost": standing.spent.usd,
        "cost_source": standing.spent.source,
        "cap": standing.cap_usd,
        "seconds_left": standing.seconds_left,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
