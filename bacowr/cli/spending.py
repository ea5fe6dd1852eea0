"""`flask spending`: what the team has spent, and how much it may."""

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions
from bacowr.accounts import queries as people
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.cli.errors import told
from bacowr.cli.providers import as_json, by_admin, equipment, written
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope

group = AppGroup("spending", help="What the team has spent, and how much it may.")

DEFAULT = "default"


@group.command("show")
@as_json
@told
def show(*, as_json: bool) -> None:
    """Show the caps, and how far those of the day and the month are used up."""
    held = caps.limits(equipment().caps)
    spent = {each.scope: each.spent_usd for each in caps.team_standings(equipment().caps)}
    if as_json:
        rows = [
            {"scope": scope, "limit_usd": held[scope], "spent_usd": spent.get(scope)}
            for scope in CapScope
        ]
        click.echo(written(rows))
        return
    for scope in CapScope:
        limit = "no cap" if held[scope] is None else f"{held[scope]:.2f} USD"
        used = f", {spent[scope]:.2f} USD spent" if scope in spent else ""
        click.echo(f"{scope:<6} {limit}{used}")


@group.command("cap")
@click.argument(
    "scope", type=click.Choice([each.value for each in CapScope]), help="What the cap is for."
)
@click.argument("usd", help=f"A sum in US dollars, or `{DEFAULT}` for the installation's own.")
@by_admin
@told
def cap(scope: str, usd: str, email: str) -> None:
    """Set how much may be spent on one order, on one batch, in a day or in a month."""
    admin = people.get_by_email(email)
    permissions.require(admin, Permission.SERVICES_MANAGE)
    caps.set_cap(CapScope(scope), None if usd == DEFAULT else _sum(usd), by=admin)
    click.echo(f"Set the cap per {scope}.", err=True)


def _sum(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        message = f"Give a sum such as 10 or 0.50, or {DEFAULT}."
        raise Invalid(message, fields={"usd": [message]}) from error
