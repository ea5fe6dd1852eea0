"""`flask accounts`: people and their keys."""

import secrets

import click
from flask.cli import AppGroup

from bacowr.accounts import links, queries, service
from bacowr.accounts.permissions import Role
from bacowr.accounts.schemas import NewKeySchema, NewUserSchema
from bacowr.cli.errors import loaded, told

group = AppGroup("accounts", help="People, their passwords and their API keys.")


@group.command("create-user")
@click.argument("email", help="The person's address.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.EDITOR.value,
    show_default=True,
    help="What the person is trusted with.",
)
@click.option("--name", default="", help="How the person is shown.")
@click.option(
    "--password",
    envvar="BACOWR_PASSWORD",
    help="Unset: a random one, printed once. Better in BACOWR_PASSWORD than on the command line.",
)
@told
def create_user(email: str, role: str, name: str, password: str | None) -> None:
    """Make an account for EMAIL."""
    fields = loaded(NewUserSchema(), {"email": email, "role": role, "name": name})
    chosen = password or secrets.token_urlsafe(12)
    user = service.create_user(password=chosen, **fields)
    click.echo(f"Created {user.email} ({user.role}).", err=True)
    if not password:
        click.echo(f"Password, shown this once: {chosen}")


@group.command("set-password")
@click.argument("email", help="The person's address.")
@click.option("--password", envvar="BACOWR_PASSWORD", help="Unset: a random one, printed once.")
@told
def set_password(email: str, password: str | None) -> None:
    """Give EMAIL a new password, and sign the person out everywhere."""
    user = queries.get_by_email(email)
    chosen = password or secrets.token_urlsafe(12)
    service.change_password(user, chosen, by=None)
    click.echo(f"Changed the password of {user.email}.", err=True)
    if not password:
        click.echo(f"Password, shown this once: {chosen}")


@group.command("password-link")
@click.argument("email", required=False, help="The person's address.")
@told
def password_link(email: str | None) -> None:
    """Print a one-time address at which EMAIL sets a password; without one, for all who have none.

    It is the path behind this installation's own address, and works for seven days.
    """
    people = [queries.get_by_email(email)] if email else links.without_password()
    for user in people:
        click.echo(f"{user.email}\t/password/{links.issue(user, by=None)}")
    if not people:
        click.echo("Everybody has a password.", err=True)


@group.command("create-key")
@click.argument("email", help="The person's address.")
@click.option("--name", default="command line", help="What the key is for.")
@told
def create_key(email: str, name: str) -> None:
    """Issue an API key to EMAIL; print the key alone on standard output."""
    fields = loaded(NewKeySchema(), {"name": name})
    _, text = service.issue_key(queries.get_by_email(email), by=None, **fields)
    click.echo("This key is shown once and can't be read again.", err=True)
    click.echo(text)
