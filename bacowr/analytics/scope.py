"""Whose orders figures are about, and which of them."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.jobs.models import Job

_job = Job.__table__.c


@dataclass(frozen=True)
class Wanted:
    """Which orders somebody wants to look at; an empty word leaves none out.

    A campaign's orders are those that its deal records name.
    """

    campaign: str = ""
    publisher: str = ""
    provider: str = ""

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return bool(self.campaign or self.publisher or self.provider)


@dataclass(frozen=True)
class Scope:
    """The owners whose orders somebody may see, and which of these orders are wanted.

    `links` changes whenever the deal records of the wanted campaign do.
    """

    owners: tuple[str, ...]
    wanted: Wanted = field(default_factory=Wanted)
    links: tuple[Any, ...] = ()

    def of_owners(self, column: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
        """Return the condition that a column names one of the owners."""
        return column.in_(self.owners)

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The conditions on orders."""
        found = [self.of_owners(_job.owner_id)]
        if self.wanted.publisher:
            found.append(_job.publisher_domain == self.wanted.publisher)
        if self.wanted.provider:
            found.append(_job.llm_provider == self.wanted.provider)
        if self.wanted.campaign:
            named = sa.select(Backlink.job_id).where(
                self.of_owners(Backlink.owner_id),
                Backlink.campaign == self.wanted.campaign,
                Backlink.job_id.is_not(None),
            )
            found.append(_job.id.in_(named))
        return found


def of(user: User, wanted: Wanted | None = None) -> Scope:
    """Find whose orders the person may see (`accounts.visibility`), in one or two statements."""
    wanted = wanted or Wanted()
    select = sa.select(User.id).where(visible_to(user, User.id)).order_by(User.id)
    owners = tuple(db.session.scalars(select))
    return Scope(owners, wanted, links_of(owners, wanted.campaign) if wanted.campaign else ())


def links_of(owners: tuple[str, ...], campaign: str = "") -> tuple[Any, ...]:
    """Return what changes whenever the deal records of owners do, or of one campaign of theirs."""
    select = sa.select(
        sa.func.count(), sa.func.sum(Backlink.version), sa.func.max(Backlink.updated_at)
    ).where(Backlink.owner_id.in_(owners))
    if campaign:
        select = select.where(Backlink.campaign == campaign)
    return tuple(db.session.execute(select).one())
