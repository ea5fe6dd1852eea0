"""Reading teams."""

import sqlalchemy as sa

from bacowr.accounts.models import Team, User
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Forbidden, NotFound


def find_of(user: User) -> Team | None:
    """Return the person's team, or None."""
    return db.session.get(Team, user.team_id) if user.team_id else None


def get(said: str) -> Team:
    """Get a team by id or whole name; raise NotFound, or Conflict when two have the name."""
    select = sa.select(Team).where(sa.or_(Team.id == said, Team.name == said))
    found = db.session.scalars(select.limit(2)).all()
    if not found:
        raise NotFound(f"There is no team “{said}”.")
    if len(found) > 1:
        raise Conflict(f"Several teams are named “{said}”; give its id.")
    return found[0]


def require_member(user: User, team: Team) -> None:
    """Raise Forbidden unless the person is one of the team: its keys are nobody else's."""
    if user.team_id != team.id:
        raise Forbidden(f"{user.email} isn't one of the team “{team.name}”.")
