"""`flask watch`: published links, looked at from the terminal."""

import json
import os
import socket

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions
from bacowr.accounts import queries as people
from bacowr.accounts.permissions import Permission
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.cli.errors import told
from bacowr.engine.watch.standing import WatchStatus
from bacowr.gate import installation
from bacowr.watch import claiming, queries, service, sweeping
from bacowr.watch.looking import Looker
from bacowr.watch.models import LinkCheck, LinkWatch

group = AppGroup("watch", help="Published links, and whether they are as agreed.")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
by_owner = click.option(
    "--owner", "email", required=True, envvar="BACOWR_OWNER", help="E-mail of the person."
)


@group.command("run")
@click.option("--once", is_flag=True, required=True, help="End when nothing is due any more.")
@as_json
@told
def run(*, once: bool, as_json: bool) -> None:
    """Look at every link that is due; `flask worker` does so all the time."""
    del once
    sweeping.sweep()
    looker, found = _looker(), []
    while check := service.look_at_next(_worker(), looker):
        found.append(_check(check))
        if not as_json:
            click.echo(f"{check.verdict:<20} {check.url}")
        db.session.expire_all()
    if as_json:
        click.echo(_written(found))
    click.echo(f"{len(found)} checked.", err=True)


@group.command("list")
@by_owner
@click.option(
    "--status", type=click.Choice([each.value for each in WatchStatus]), help="Only these."
)
@as_json
@told
def list_watches(email: str, status: str | None, *, as_json: bool) -> None:
    """List a person's links with what is known, what needs a look first."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.WATCH_READ)
    chosen = WatchStatus(status) if status else None
    found = db.session.scalars(queries.owned_by(owner, status=chosen)).all()
    if as_json:
        click.echo(_written([_watch(each) for each in found]))
        return
    for each in found:
        faults = ", ".join([*each.verdicts, *each.suspected])
        click.echo(f"{each.id}  {each.status:<8} {each.backlink.publisher_url}  {faults}")


@group.command("check")
@click.argument("watch_id", help="The watch, or its deal.")
@by_owner
@as_json
@told
def check(watch_id: str, email: str, *, as_json: bool) -> None:
    """Look at one link now, named by its own id or its deal's."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.WATCH_CHECK)
    watch = queries.get(watch_id, owner=owner)
    lease = claiming.claim(_worker(), watch_id=watch.id)
    found = service.look(lease, _looker()) if lease else None
    if found is None:
        raise Conflict("It is paused, somebody looks at that site now, or there is no page.")
    if as_json:
        click.echo(_written(_check(found)))
        return
    for each in found.findings:
        click.echo(f"{each['verdict']:<20} {each['reason']}")


@group.command("pause")
@click.argument("watch_id", help="The watch, or its deal.")
@by_owner
@told
def pause(watch_id: str, email: str) -> None:
    """Leave a link alone until it is resumed."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.WATCH_CHECK)
    service.pause(queries.get(watch_id, owner=owner), by=owner)
    click.echo("Paused.", err=True)


@group.command("resume")
@click.argument("watch_id", help="The watch, or its deal.")
@by_owner
@told
def resume(watch_id: str, email: str) -> None:
    """Look at a paused link again."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.WATCH_CHECK)
    service.resume(queries.get(watch_id, owner=owner), by=owner)
    click.echo("Resumed.", err=True)


def _looker() -> Looker:
    equipment = installation.equipment()
    return Looker(equipment.outgoing)


def _worker() -> str:
    return f"cli-{socket.gethostname()}-{os.getpid()}"[:120]


def _check(check: LinkCheck) -> dict[str, object]:
    return {
        "watch_id": check.watch_id,
        "checked_at": check.checked_at.isoformat(),
        "url": check.url,
        "verdict": check.verdict,
        "findings": check.findings,
        "links": check.links,
        "label": check.label,
        "containment": check.containment,
    }


def _watch(watch: LinkWatch) -> dict[str, object]:
    due_at = watch.next_check_at
    return {
        "id": watch.id,
        "backlink_id": watch.backlink_id,
        "url": watch.backlink.publisher_url,
        "status": watch.status,
        "verdicts": watch.verdicts,
        "suspected": watch.suspected,
        "paused_at": watch.paused_at.isoformat() if watch.paused_at else None,
        "next_check_at": due_at.isoformat() if due_at else None,
    }


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
