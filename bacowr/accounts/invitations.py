"""Asking people into a team: a secret address for one e-mail address, used once."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bacowr.accounts import letters, queries, service, tokens
from bacowr.accounts.models import Team, User, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.tickets import Invitation
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Forbidden, NotFound
from bacowr.notifications.postroom import Postroom

LASTS = timedelta(days=7)
NOT_VALID = "This invitation is not valid. It may have been used or withdrawn, or have expired."


@transaction
def invite(
    email: str, *, role: Role, by: User, postroom: Postroom | None = None
) -> tuple[Invitation, str]:
    """Ask somebody into the inviter's team; return the invitation with its secret, told only here.

    With a `postroom` that has mail it is mailed too. Whoever invites without a team gets one. An
    invitation of the same address is withdrawn. Raises Conflict for somebody who is in the team,
    or in another one, already.
    """
    known = queries.find_by_email(email)
    if known is not None and (known.team_id is not None or known.id == by.id):
        raise Conflict(f"{known.email} can't be invited: the account is in a team already.")
    team_id = by.team_id or _begin_team(by)
    for earlier in _open(Invitation.email_normalized == queries.normalized(email)):
        if earlier.team_id == team_id:
            earlier.revoked_at = clock.now()
    token = tokens.new_session_token()
    invitation = Invitation(
        team_id=team_id,
        email=email.strip(),
        email_normalized=queries.normalized(email),
        role=role,
        token_hash=tokens.digest(token),
        invited_by=by.email,
        expires_at=clock.now() + LASTS,
    )
    db.session.add(invitation)
    audit.record("invitation.create", invitation, actor=by, email=invitation.email, role=role)
    if postroom is not None:
        letters.send_invitation(invitation, token, by=by, postroom=postroom)
    return invitation, token


@transaction
def resend(invitation: Invitation, *, by: User, postroom: Postroom | None = None) -> str:
    """Give an invitation a fresh secret and another week; the one before ends."""
    _require_unused(invitation)
    token = tokens.new_session_token()
    invitation.token_hash, invitation.expires_at = tokens.digest(token), clock.now() + LASTS
    audit.record("invitation.resend", invitation, actor=by, email=invitation.email)
    if postroom is not None:
        letters.send_invitation(invitation, token, by=by, postroom=postroom)
    return token


@transaction
def revoke(invitation: Invitation, *, by: User) -> None:
    """Withdraw an invitation; raise Conflict when it was used or withdrawn already."""
    _require_unused(invitation)
    invitation.revoked_at = clock.now()
    audit.record("invitation.revoke", invitation, actor=by, email=invitation.email)


def of_team(user: User) -> Sequence[Invitation]:
    """Return what the team's admins have sent and nobody has used, the newest first."""
    select = (
        sa.select(Invitation)
        .where(
            Invitation.team_id == user.team_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.created_at.desc())
    )
    return db.session.scalars(select).all()


def get(invitation_id: str, *, admin: User) -> Invitation:
    """Get one of the team's invitations; raise NotFound for any other."""
    select = sa.select(Invitation).where(
        Invitation.id == invitation_id, Invitation.team_id == admin.team_id
    )
    if found := db.session.scalar(select):
        return found
    raise NotFound("There is no such invitation.")


def get_by_token(token: str) -> Invitation:
    """Get the open invitation of this secret; raise NotFound when it was used or has ended."""
    for found in _open(Invitation.token_hash == tokens.digest(token)):
        return found
    raise NotFound(NOT_VALID)


def has_account(invitation: Invitation) -> bool:
    """Tell whether the invited address has an account, whose owner has to sign in to join."""
    return queries.find_by_email(invitation.email) is not None


@transaction
def accept(token: str, *, password: str, name: str = "", username: str | None = None) -> User:
    """Make the invited person's account, in the team.

    Raises NotFound when the invitation has ended, Conflict when the address has an account, Invalid
    for a bad password.
    """
    invitation = get_by_token(token)
    _use(invitation)
    user = service.create_user(invitation.email, role=invitation.role, password=password, name=name)
    user.team_id, user.username = invitation.team_id, username
    audit.record("invitation.accept", invitation, actor=user, role=invitation.role)
    return user


@transaction
def join(token: str, *, user: User) -> None:
    """Let somebody who has an account join, with the role of the invitation.

    The team sees all of the person's work from then on. Raises Forbidden for another's invitation,
    Conflict for who is in a team.
    """
    invitation = get_by_token(token)
    if invitation.email_normalized != user.email_normalized:
        raise Forbidden("This invitation is for another address. Sign in with that one.")
    if user.team_id is not None:
        raise Conflict("You are in a team already.")
    _use(invitation)
    before, user.role, user.team_id = user.role, invitation.role, invitation.team_id
    audit.record(
        "invitation.accept", invitation, actor=user, role_before=before, role=invitation.role
    )


@transaction
def take_in(user: User, *, by: User) -> None:
    """Put somebody who has no team into the admin's, whose people see that person's work then."""
    if user.team_id is not None or user.status is UserStatus.DELETED or user.id == by.id:
        raise Conflict(f"{user.email} can't be taken into the team.")
    user.team_id = by.team_id or _begin_team(by)
    audit.record("user.take_in", user, actor=by, team=user.team_id)


def _begin_team(by: User) -> str:
    team = Team(name=f"Team of {by.name or by.email}"[:120])
    db.session.add(team)
    audit.record("team.create", team, actor=by, name=team.name)
    by.team_id = team.id
    return team.id


def _use(invitation: Invitation) -> None:
    """Take the invitation, once; whoever comes second finds it gone."""
    statement = (
        sa.update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(accepted_at=clock.now())
    )
    if not db.session.execute(statement).rowcount:  # type: ignore[attr-defined]  # An UPDATE's has it.
        raise NotFound(NOT_VALID)


def _require_unused(invitation: Invitation) -> None:
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Conflict("This invitation was used or withdrawn already.")


def _open(condition: sa.ColumnElement[bool]) -> list[Invitation]:
    found = db.session.scalars(sa.select(Invitation).where(condition))
    return [each for each in found if each.is_open]
