"""What an admin gets to see of the audit log."""

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import manageable_by
from bacowr.audit.models import AuditEvent


def overseen_by(admin: User) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the audit log is one for the admin's eyes.

    It is what the people did whom the admin looks after. Where there are no others, all of it:
    what the system did, and people who are known from an older version only, too.
    """
    theirs = sa.select(User.id).where(manageable_by(admin))
    others = sa.exists().where(sa.not_(manageable_by(admin)))
    return sa.or_(AuditEvent.actor_id.in_(theirs), sa.not_(others))
