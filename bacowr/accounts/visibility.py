"""Whose work somebody may see: one's own, and that of one's team."""

from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User


def visible_to(user: User, column: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that `column`, which names an owner, names somebody of the team.

    Who has no team sees nobody else's. Whether the person may also change what is seen, the role
    says. A deleted person's work stays the team's.
    """
    if user.team_id is None:
        return column == user.id
    members = sa.select(User.id).where(User.team_id == user.team_id)
    return column.in_(members)


def manageable_by(admin: User) -> sa.ColumnElement[bool]:
    """Return the condition that an account is one that the admin looks after.

    These are the people of the admin's team, and those who have none: so an admin of an
    installation without teams looks after everybody, and another team's people aren't found.
    """
    if admin.team_id is None:
        return User.team_id.is_(None)
    return sa.or_(User.team_id == admin.team_id, User.team_id.is_(None))
