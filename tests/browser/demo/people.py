"""The people of the made-up installation: a team, who is invited to it, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from bacowr.accounts import invitations, links, people, service
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.service import KeyLimits
from bacowr.base import clock
from bacowr.base.db import transaction
from tests.plugins.application import PASSWORD

ADMIN = "astrid.lindqvist@linkdesk.example"
EDITOR = "emil.berg@linkdesk.example"
VIEWER = "vera.holm@linkdesk.example"


@dataclass(frozen=True)
class Team:
    """Who is there, and the secrets that only its making tells."""

    admin: User
    editor: User
    viewer: User
    invitation: str
    password_link: str


def gather() -> Team:
    """Make the team."""
    admin = _person(ADMIN, Role.ADMIN, "Astrid Lindqvist")
    _, token = invitations.invite("nils.aker@linkdesk.example", role=Role.EDITOR, by=admin)
    invitations.invite("freelance@words.example", role=Role.VIEWER, by=admin)
    team = people.team_of(admin)
    assert team is not None
    people.rename_team(team, "Nordic links", by=admin)
    editor = _person(EDITOR, Role.EDITOR, "Emil Berg", by=admin)
    viewer = _person(VIEWER, Role.VIEWER, "Vera Holm", by=admin)
    left = _person("ola.nord@linkdesk.example", Role.EDITOR, "", by=admin)
    people.suspend(left, by=admin)
    people.update(editor, {"jobs_quota": 400}, by=admin)
    _ask_for_password(viewer)
    service.issue_key(admin, name="Nightly import", by=admin)
    limits = KeyLimits(scopes=("jobs:read",), days=30)
    service.issue_key(admin, name="Dashboard in the hall", by=admin, limits=limits)
    return Team(admin, editor, viewer, token, links.issue(viewer, by=admin))


@transaction
def _ask_for_password(user: User) -> None:
    user.reset_asked_at = clock.now()


def _person(email: str, role: Role, name: str, by: User | None = None) -> User:
    user = service.create_user(email, role=role, password=PASSWORD, name=name, by=by)
    if by is not None:
        _join(user, by)
    return user


@transaction
def _join(user: User, other: User) -> None:
    user.team_id = other.team_id
