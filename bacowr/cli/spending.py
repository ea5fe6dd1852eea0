"""`flask spending`: what has been spent, and how much may be."""

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions, teams
from bacowr.accounts import queries as people
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.cli.errors import told
from bacowr.cli.providers import as_json, by_admin, for_team, written
from bacowr.gate.installation import equipment
from bacowr.jobs.money import caps, holding
from bacowr.jobs.spending import CapScope

group = AppGroup("spending", help="What has been spent, and how much may be.")

DEFAULT = "default"
Row = tuple[CapScope, float | None, float | None]


@group.command("show")
@for_team
@as_json
@told
def show(team_name: str | None, *, as_json: bool) -> None:
    """Show the caps, and how far those of the day and the month are used up."""
    rows = _rows_of_team(team_name) if team_name else _rows()
    if as_json:
        names = ("scope", "limit_usd", "spent_usd")
        click.echo(written([dict(zip(names, row, strict=True)) for row in rows]))
        return
    for scope, limit, spent in rows:
        held = "no cap" if limit is None else f"{limit:.2f} USD"
        used = "" if spent is None else f", {spent:.2f} USD spent"
        click.echo(f"{scope:<6} {held}{used}")


@group.command("cap")
@click.argument(
    "scope", type=click.Choice([each.value for each in CapScope]), help="What the cap is for."
)
@click.argument("usd", help=f"A sum in US dollars, or `{DEFAULT}` for the installation's own.")
@by_admin
@for_team
@told
def cap(scope: str, usd: str, email: str, team_name: str | None) -> None:
    """Set how much may be spent on one order, on one batch, in a day or in a month.

    With --team it is held against that team's orders beside everybody's cap, for a day or a month.
    """
    admin = people.get_by_email(email)
    permissions.require(admin, Permission.SERVICES_MANAGE)
    limit = None if usd == DEFAULT else _sum(usd)
    if team_name:
        team = teams.get(team_name)
        teams.require_member(admin, team)
        holding.set_team_cap(team.id, CapScope(scope), limit, by=admin)
    else:
        caps.set_cap(CapScope(scope), limit, by=admin)
    click.echo(f"Set the cap per {scope}.", err=True)


def _rows() -> list[Row]:
    held = caps.limits(equipment().caps)
    spent = {each.scope: each.spent_usd for each in caps.shared_standings(equipment().caps)}
    return [(scope, held[scope], spent.get(scope)) for scope in CapScope]


def _rows_of_team(team_name: str) -> list[Row]:
    team_id = teams.get(team_name).id
    held = holding.limits_of_team(team_id)
    return [
        (scope, held.get(scope), holding.spent_by_team(team_id, scope))
        for scope in holding.TEAM_SCOPES
    ]


def _sum(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        message = f"Give a sum such as 10 or 0.50, or {DEFAULT}."
        raise Invalid(message, fields={"usd": [message]}) from error
