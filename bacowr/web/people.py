"""The team's people: asked in, trusted with more or less, barred, let in again; and joining."""

from flask import Blueprint, flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts import invitations, links, people, quotas
from bacowr.accounts.models import User, UserStatus
from bacowr.accounts.permissions import Permission, Role
from bacowr.accounts.schemas import (
    InvitationSchema,
    JoinSchema,
    LimitsSchema,
    RoleSchema,
    TeamNameSchema,
)
from bacowr.base.db import db
from bacowr.base.errors import BacowrError, Conflict, Invalid, NotFound
from bacowr.gate import identity
from bacowr.gate.guard import needs, public
from bacowr.gate.identity import current_user
from bacowr.gate.limits import Bucket, limited
from bacowr.gate.postroom import postroom
from bacowr.web import forms, htmx

STATUSES = {
    "activate": UserStatus.ACTIVE,
    "suspend": UserStatus.SUSPENDED,
    "delete": UserStatus.DELETED,
}
DONE = {"activate": "may sign in again", "suspend": "is suspended", "delete": "is deleted"}

bp = Blueprint("people", __name__)


@bp.get("/people")
@needs(Permission.PEOPLE_MANAGE)
def index() -> str:
    """Show the people whom the admin looks after, and who is invited."""
    return _page()


@bp.post("/people/invitations")
@needs(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Ask somebody into the team; this answer is the only one that shows the address."""
    try:
        asked, token = invitations.invite(
            **forms.read(InvitationSchema()), by=current_user(), postroom=postroom()
        )
    except (Invalid, Conflict) as error:
        return _page(error=error), error.status
    return _page(link=_join_address(token), link_for=asked.email, is_mailed=postroom().has_mail)


@bp.post("/people/invitations/<invitation_id>/resend")
@needs(Permission.PEOPLE_MANAGE)
def resend(invitation_id: str) -> str:
    """Show a fresh address of an invitation, for another week."""
    asked = invitations.get(invitation_id, admin=current_user())
    token = invitations.resend(asked, by=current_user(), postroom=postroom())
    return _page(link=_join_address(token), link_for=asked.email, is_mailed=postroom().has_mail)


@bp.post("/people/invitations/<invitation_id>/revoke")
@needs(Permission.PEOPLE_MANAGE)
def revoke(invitation_id: str) -> ResponseReturnValue:
    """Withdraw an invitation."""
    asked = invitations.get(invitation_id, admin=current_user())
    invitations.revoke(asked, by=current_user())
    return _back(f"The invitation of {asked.email} is withdrawn.")


@bp.post("/people/team")
@needs(Permission.PEOPLE_MANAGE)
def rename_team() -> ResponseReturnValue:
    """Give the team another name."""
    team = people.team_of(current_user())
    if team is None:
        raise NotFound("You have no team yet.")
    people.rename_team(team, **forms.read(TeamNameSchema()), by=current_user())
    return _back("The team has its new name.")


@bp.post("/people/<user_id>/role")
@needs(Permission.PEOPLE_MANAGE)
def change_role(user_id: str) -> ResponseReturnValue:
    """Trust a person with more or less."""
    user = _person(user_id)
    people.change_role(user, forms.read(RoleSchema())["role"], by=current_user())
    return _back(f"{user.email} is {user.role} from now on.")


@bp.post("/people/<user_id>/<any(activate, suspend, delete):verb>")
@needs(Permission.PEOPLE_MANAGE)
def set_status(user_id: str, verb: str) -> ResponseReturnValue:
    """Bar a person, let one in again, or delete one."""
    user = _person(user_id)
    people.set_status(user, STATUSES[verb], by=current_user())
    return _back(f"{user.email} {DONE[verb]}.")


@bp.post("/people/<user_id>/quota")
@needs(Permission.PEOPLE_MANAGE)
def set_quota(user_id: str) -> ResponseReturnValue:
    """Set what a person may use up in a month."""
    user, limits = _person(user_id), forms.read(LimitsSchema())
    people.update(user, limits, by=current_user())
    return _back(f"The quota of {user.email} is changed.")


@bp.post("/people/<user_id>/quota/reset")
@needs(Permission.PEOPLE_MANAGE)
def reset_quota(user_id: str) -> ResponseReturnValue:
    """Let a person begin the month anew."""
    user = _person(user_id)
    quotas.reset(user, by=current_user())
    return _back(f"{user.email} begins the month anew.")


@bp.post("/people/<user_id>/password-link")
@needs(Permission.PEOPLE_MANAGE)
def issue_password_link(user_id: str) -> str:
    """Show an address at which a person sets a password, once."""
    user = _person(user_id)
    token = links.issue(user, by=current_user())
    address = url_for("web.passwords.edit", token=token, _external=True)
    return _page(link=address, link_for=user.email)


@bp.post("/people/<user_id>/take-in")
@needs(Permission.PEOPLE_MANAGE)
def take_in(user_id: str) -> ResponseReturnValue:
    """Put somebody who has no team into the admin's."""
    user = _person(user_id)
    invitations.take_in(user, by=current_user())
    return _back(f"{user.email} is in the team.")


@bp.get("/join/<token>")
@public
def join_form(token: str) -> str:
    """Show what somebody was invited to."""
    return _join_page(token)


@bp.post("/join/<token>")
@limited(Bucket.REGISTER)
@public
def join(token: str) -> ResponseReturnValue:
    """Join the team: with a new account, or with the one that is signed in."""
    if g.user is not None:
        invitations.join(token, user=g.user)
    else:
        try:
            sent = forms.read(JoinSchema())
            user = invitations.accept(token, **sent)
        except (Invalid, Conflict) as error:
            return _join_page(token, error), error.status
        identity.open_session(user.email, sent["password"])
    flash("You are in the team.")
    return htmx.go(htmx.safe_next(None))


def _join_page(token: str, error: BacowrError | None = None) -> str:
    asked = invitations.get_by_token(token)
    known = invitations.has_account(asked)
    return render_template("people/join.html", invitation=asked, has_account=known, error=error)


def _page(
    *,
    link: str | None = None,
    link_for: str = "",
    is_mailed: bool = False,
    error: BacowrError | None = None,
) -> str:
    user = current_user()
    found = list(db.session.scalars(people.managed(user)))
    return render_template(
        "people/index.html",
        people=found,
        standings=quotas.standings(found),
        team=people.team_of(user),
        invitations=invitations.of_team(user) if user.team_id else [],
        roles=[(role.value, role.value) for role in Role],
        link=link,
        link_for=link_for,
        is_mailed=is_mailed,
        error=error,
    )


def _person(user_id: str) -> User:
    return people.get(user_id, admin=current_user())


def _join_address(token: str) -> str:
    return url_for("web.people.join_form", token=token, _external=True)


def _back(told: str) -> ResponseReturnValue:
    flash(told)
    return htmx.go(url_for("web.people.index"))
