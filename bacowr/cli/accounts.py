"""`flask accounts`: people and their keys."""

import secrets

import click
from flask.cli import AppGroup

from bacowr.accounts import invitations, links, people, queries, quotas, service
from bacowr.accounts.permissions import Role
from bacowr.accounts.schemas import InvitationSchema, NewKeySchema, NewUserSchema
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
    _, text = service.issue_key(queries.get_by_email(email), name=fields["name"], by=None)
    click.echo("This key is shown once and can't be read again.", err=True)
    click.echo(text)


@group.command("invite")
@click.argument("admin", help="The address of the admin into whose team.")
@click.argument("email", help="The address of the person to invite.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.EDITOR.value,
    show_default=True,
    help="What the person is to be trusted with.",
)
@told
def invite(admin: str, email: str, role: str) -> None:
    """Print a one-time address at which EMAIL joins the team of ADMIN.

    It is the path behind this installation's own address, and works for seven days.
    """
    fields = loaded(InvitationSchema(), {"email": email, "role": role})
    invitation, token = invitations.invite(**fields, by=queries.get_by_email(admin))
    click.echo(f"{invitation.email}\t/join/{token}")


@group.command("take-in")
@click.argument("admin", help="The address of the admin into whose team.")
@click.argument("emails", nargs=-1, required=True, help="The addresses of the people.")
@told
def take_in(admin: str, emails: tuple[str, ...]) -> None:
    """Put EMAILS, who have accounts and no team, into the team of ADMIN.

    The team sees all of their orders from then on.
    """
    by = queries.get_by_email(admin)
    for email in emails:
        invitations.take_in(queries.get_by_email(email), by=by)
    team = people.team_of(by)
    click.echo(f"{len(emails)} joined {team.name if team else ''}.", err=True)


@group.command("quota")
@click.argument("email", help="The person's address.")
@click.option("--jobs", type=click.IntRange(0), help="Jobs a month; unset: as it is.")
@click.option("--tokens", type=click.IntRange(0), help="Tokens a month; unset: as it is.")
@click.option("--reset", is_flag=True, help="Begin the month anew.")
@told
def quota(email: str, jobs: int | None, tokens: int | None, *, reset: bool) -> None:
    """Show what EMAIL has used this month, after changing it when that is asked for."""
    user = queries.get_by_email(email)
    if jobs is not None or tokens is not None:
        quotas.set_limits(user, jobs=jobs, tokens=tokens, by=None)
    if reset:
        quotas.reset(user, by=None)
    now = quotas.standing(user)
    click.echo(f"jobs\t{now.jobs_used}\t{now.jobs_quota}")
    click.echo(f"tokens\t{now.tokens_used}\t{now.tokens_quota}")
