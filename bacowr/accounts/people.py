"""What admins do about people: look after roles, bar, let in again, delete; and ask them."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bacowr.accounts import quotas, service, sessions
from bacowr.accounts.models import ApiKey, PasswordLink, Team, User, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.visibility import manageable_by
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.notifications.models import Webhook

YOURSELF = "You can't do this to your own account; ask another admin."
LIMITS = {"jobs_quota": "jobs", "tokens_quota": "tokens"}
PLAIN = frozenset({"name", "username"})


def managed(admin: User) -> sa.Select[User]:
    """Select the people that the admin looks after, by address; those deleted are left out."""
    return (
        sa.select(User)
        .where(manageable_by(admin), User.status != UserStatus.DELETED)
        .order_by(User.email_normalized)
    )


def get(user_id: str, *, admin: User) -> User:
    """Get one of the people that the admin looks after; raise NotFound for any other."""
    found = db.session.scalar(sa.select(User).where(User.id == user_id, manageable_by(admin)))
    if found is None or found.status is UserStatus.DELETED:
        raise NotFound("There is no such person.")
    return found


def team_of(user: User) -> Team | None:
    """Return the person's team, or None for who works alone."""
    return db.session.get(Team, user.team_id) if user.team_id else None


def part(select: sa.Select[User], *, skip: int, limit: int) -> list[User]:
    """Return so many of the selected people, after those to skip."""
    return list(db.session.scalars(select.offset(skip).limit(limit)))


@transaction
def create(fields: Mapping[str, Any], *, by: User) -> User:
    """Make an account in the admin's team: email, password or None, role, name and username.

    Raises Conflict when the address has one.
    """
    made = {name: fields[name] for name in ("role", "password", "name")}
    user = service.create_user(fields["email"], **made, by=by)
    user.team_id, user.username = by.team_id, fields["username"]
    return user


@transaction
def rename_team(team: Team, name: str, *, by: User) -> None:
    """Give the team another name."""
    before, team.name = team.name, name
    audit.record("team.rename", team, actor=by, before=before, name=name)


@transaction
def update(user: User, changes: Mapping[str, Any], *, by: User) -> None:
    """Change what is named in `changes`: name, username, role, status, jobs_quota, tokens_quota.

    Raises Conflict for one's own role or status, and Invalid for quotas below 0.
    """
    for field in sorted(changes.keys() & PLAIN):
        _set(user, field, changes[field], by=by)
    if "role" in changes:
        change_role(user, changes["role"], by=by)
    if "status" in changes:
        set_status(user, changes["status"], by=by)
    if limits := {LIMITS[name]: changes[name] for name in changes.keys() & LIMITS.keys()}:
        quotas.set_limits(user, **limits, by=by)


@transaction
def change_role(user: User, role: Role, *, by: User) -> None:
    """Trust a person with more or less; raise Conflict for oneself."""
    if user.role is role:
        return
    _require_another(user, by)
    before, user.role = user.role, role
    audit.record("user.change_role", user, actor=by, before=before, role=role)


@transaction
def set_status(user: User, status: UserStatus, *, by: User) -> None:
    """Bar a person, let one in again, or delete one; raise Conflict for oneself."""
    if user.status is status:
        return
    _require_another(user, by)
    if user.status is UserStatus.DELETED:
        raise Conflict(f"{user.email} is deleted.")
    before, user.status = user.status, status
    if status is UserStatus.ACTIVE:
        user.failed_sign_ins, user.locked_until = 0, None
    else:
        _end_ways_in(user, by=by)
    if status is UserStatus.DELETED:
        # The address is free for another account; what the person made stays, under the old name.
        user.email_normalized, user.password_hash = f"{user.id}:deleted", None
    audit.record(f"user.{_VERBS[status]}", user, actor=by, before=before)


def activate(user: User, *, by: User) -> None:
    """Let a person in again, who has to sign in anew; keys and webhooks stay as they are."""
    set_status(user, UserStatus.ACTIVE, by=by)


def suspend(user: User, *, by: User) -> None:
    """Bar a person at once: logins end, API keys are revoked, webhooks are switched off."""
    set_status(user, UserStatus.SUSPENDED, by=by)


def delete(user: User, *, by: User) -> None:
    """Delete a person for good: nobody signs in as the person again; all the work stays."""
    set_status(user, UserStatus.DELETED, by=by)


_VERBS = {
    UserStatus.ACTIVE: "activate",
    UserStatus.SUSPENDED: "suspend",
    UserStatus.DELETED: "delete",
}


def _end_ways_in(user: User, *, by: User) -> None:
    sessions.revoke_others(user, this_token=None, by=by)
    db.session.execute(sa.delete(PasswordLink).where(PasswordLink.user_id == user.id))
    valid = (ApiKey.owner_id == user.id, ApiKey.revoked_at.is_(None))
    db.session.execute(sa.update(ApiKey).where(*valid).values(revoked_at=clock.now()))
    db.session.execute(sa.update(Webhook).where(Webhook.owner_id == user.id).values(is_on=False))
    user.reset_asked_at = None


def _require_another(user: User, by: User) -> None:
    if user.id == by.id:
        raise Conflict(YOURSELF)


def _set(user: User, field: str, value: str | None, *, by: User) -> None:
    before = getattr(user, field)
    if before != value:
        setattr(user, field, value)
        audit.record(f"user.change_{field}", user, actor=by, before=before, after=value)
