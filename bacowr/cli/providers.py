"""`flask providers`: the services that write and search, their keys and their prices."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions, teams
from bacowr.accounts import queries as people
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.base import clock
from bacowr.base.errors import Conflict, Invalid
from bacowr.cli.errors import told
from bacowr.engine.order import LlmProvider
from bacowr.engine.pricing import Price
from bacowr.gate.installation import equipment, keyring
from bacowr.jobs.money import prices as model_prices
from bacowr.providers import credentials, service, trials
from bacowr.providers.catalog import TRAITS, Kind, Provider, of_kind
from bacowr.providers.credentials import Shown
from bacowr.providers.keyring import Keyring
from bacowr.providers.schemas import ProviderSchema
from bacowr.providers.service import NewCredential
from bacowr.providers.trials import Trial
from bacowr.providers.writers import model_of

group = AppGroup("providers", help="The services that write and search, and what they cost.")

NAMES = click.Choice([each.value for each in Provider])
WRITERS = click.Choice([each.value for each in of_kind(Kind.WRITER)])
FAILED, NOTHING = 1, 2
BOTH = 2

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
by_admin = click.option(
    "--owner",
    "email",
    required=True,
    envvar="BACOWR_OWNER",
    help="E-mail of the admin who does it.",
)
for_team = click.option(
    "--team", "team_name", help="A team's name or id: for that team instead of for everybody."
)


@group.command("list")
@for_team
@as_json
@told
def list_providers(team_name: str | None, *, as_json: bool) -> None:
    """List every service with what counts for it; of a key only its last characters."""
    found = credentials.shown(keyring_of(team_name))
    if as_json:
        click.echo(written(ProviderSchema(many=True).dump(found)))
        return
    for each in found:
        click.echo(f"{each.provider:<11} {each.traits.kind:<7} {_standing(each)}")


@group.command("check")
@click.argument("name", type=NAMES, required=False, help="The service; unset, every connected one.")
@for_team
@as_json
@told
def check(name: str | None, team_name: str | None, *, as_json: bool) -> None:
    """Try out what is connected, with one small call each.

    Ends with 0 when all of it works, 1 when something doesn't, and 2 when nothing is connected.
    """
    keys = keyring_of(team_name)
    found = [_tried(each, keys) for each in _chosen(name, keys)]
    if as_json:
        click.echo(written([_told_trial(each) for each in found]))
    else:
        for each in found:
            click.echo(f"{'✓' if each.ok else '✗'} {each.provider}: {each.message}")
    if not found:
        click.echo("No service is connected; `flask providers set NAME` connects one.", err=True)
        sys.exit(NOTHING)
    sys.exit(0 if all(each.ok for each in found) else FAILED)


@group.command("prices")
@click.option("--provider", type=NAMES, help="Only this one's models.")
@as_json
@told
def prices(provider: str | None, *, as_json: bool) -> None:
    """Show the price table: US dollars for a million tokens in and out.

    Models that are connected are marked with an asterisk.
    """
    table, today = model_prices.known(equipment().prices), clock.now().date()
    rows = [row for row in table.rows(today) if provider in {None, row[0]}]
    if as_json:
        click.echo(
            written(
                {
                    "checked_on": str(table.checked_on),
                    "source": table.source,
                    "is_stale": table.is_stale(today),
                    "prices": [_told_price(*row) for row in rows],
                }
            )
        )
        return
    used = {(each.provider.value, model_of(each)) for each in _connected(keyring())}
    for name, model, price in rows:
        mark = "*" if (name, model) in used else " "
        click.echo(f"{mark} {name:<10} {model:<34} {price.input:>9.3f} {price.output:>9.3f}")
    click.echo(f"Checked on {table.checked_on}; from {table.source}.", err=True)
    if table.is_stale(today):
        click.echo("The table is old: prices may have changed. See PRICES_FILE.", err=True)


@group.command("set")
@click.argument("name", type=NAMES, help="The service.")
@by_admin
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.")
@click.option("--keep-key", is_flag=True, help="Keep the key that is stored.")
@click.option("--model", default="", help="The model to write with. Unset: the usual one.")
@click.option(
    "--base-url", default="", help="Where the service is, if it has no address of its own."
)
@for_team
@told
def set_credential(name: str, **options: Any) -> None:  # noqa: ANN401  # Click's.
    """Store what opens a service; the key is asked for, never given on the command line.

    With --team it opens the service for that team's orders alone, and goes before any other.
    """
    admin, keys = _allowed(options["email"], options["team_name"])
    provider = Provider(name)
    key = "" if options["keep_key"] else _key(provider, from_stdin=options["key_stdin"])
    entered = NewCredential(provider, key, options["base_url"], options["model"])
    service.store(entered, keyring=keys, by=admin)
    click.echo(f"Stored. `flask providers check {name}` tries it out.", err=True)


@group.command("forget")
@click.argument("name", type=NAMES, help="The service.")
@by_admin
@for_team
@told
def forget(name: str, email: str, team_name: str | None) -> None:
    """Forget what is stored for a service; a key of the environment stays there."""
    admin, keys = _allowed(email, team_name)
    service.delete(Provider(name), keyring=keys, by=admin)
    click.echo(f"Forgot the key for {TRAITS[Provider(name)].label}.", err=True)


@group.command("set-price")
@click.argument("name", type=WRITERS, help="The service.")
@click.argument("model", help="The model, as it is asked for.")
@click.argument("sums", nargs=-1, type=float, help="US dollars for a million tokens in and out.")
@by_admin
@told
def set_price(name: str, model: str, sums: tuple[float, ...], email: str) -> None:
    """Say what a model costs that the price table doesn't know; without sums, forget it."""
    admin, _ = _allowed(email, None)
    provider = LlmProvider(name)
    if not sums:
        known = model_prices.forget_price(provider, model, by=admin)
        click.echo("Forgot the price." if known else "No price was entered for it.", err=True)
        return
    if len(sums) != BOTH:
        raise Invalid("Give two sums: for a million tokens in, and out.")
    model_prices.set_price(provider, model, Price(sums[0], sums[1]), by=admin)
    click.echo(f"Calls of {model} are counted at that price from now on.", err=True)


def keyring_of(team_name: str | None) -> Keyring:
    """Return what opens the services of a team's orders, without one the installation's."""
    return keyring().of_team(teams.get(team_name).id if team_name else None)


def _allowed(email: str, team_name: str | None) -> tuple[User, Keyring]:
    """Return the admin and the keys to change; a team's are its own admins' alone."""
    admin = people.get_by_email(email)
    permissions.require(admin, Permission.SERVICES_MANAGE)
    if team_name:
        teams.require_member(admin, teams.get(team_name))
    return admin, keyring_of(team_name)


def written(value: object) -> str:
    """Write a value as JSON for people to read."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _key(provider: Provider, *, from_stdin: bool) -> str:
    traits = TRAITS[provider]
    if from_stdin:
        return sys.stdin.readline().strip()
    if not traits.takes_key:
        return ""
    asked = f"{traits.label} key" + (f" ({traits.key_form})" if traits.key_form else "")
    default = None if traits.needs_key else ""
    return str(click.prompt(asked, hide_input=True, default=default, show_default=False, err=True))


def _connected(keys: Keyring) -> Sequence[Shown]:
    return [each for each in credentials.shown(keys) if each.where is not None]


def _chosen(name: str | None, keys: Keyring) -> Iterable[Provider]:
    return [Provider(name)] if name else [each.provider for each in _connected(keys)]


def _tried(provider: Provider, keys: Keyring) -> Trial:
    try:
        return trials.check(provider, keyring=keys, outgoing=equipment().outgoing)
    except Conflict as error:
        return Trial(provider, trials.Verdict.REFUSED, error.message)


def _standing(shown: Shown) -> str:
    if shown.where is None:
        return "not connected"
    key = f"key …{shown.last_four}" if shown.last_four else "no key shown"
    parts = [str(shown.where), key, model_of(shown), shown.base_url]
    if not shown.is_readable:
        parts.append("can't be read: SECRET_KEY has changed")
    elif shown.tested_at:
        parts.append(f"{shown.status} on {shown.tested_at:%Y-%m-%d}: {shown.test_message}")
    return ", ".join(filter(None, parts))


def _told_trial(trial: Trial) -> dict[str, object]:
    return {
        "provider": trial.provider,
        "ok": trial.ok,
        "verdict": trial.verdict,
        "message": trial.message,
        "seconds": trial.seconds,
    }


def _told_price(provider: str, model: str, price: Price) -> dict[str, object]:
    return {
        "provider": provider,
        "model": model,
        "input_usd": price.input,
        "output_usd": price.output,
        "long_from": price.long_from,
        "long_input_usd": price.long_input,
        "long_output_usd": price.long_output,
    }
