"""How the published links do: which are live, lost or about to expire, per publisher too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from bacowr.accounts.usage import CostSource
from bacowr.analytics import scope as scope_of
from bacowr.analytics.cells import Counted
from bacowr.analytics.figures import Share
from bacowr.analytics.kept import Memory
from bacowr.analytics.rows import Span, midnight
from bacowr.analytics.scope import Scope
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.backlinks.queries import is_expiring
from bacowr.base.db import db
from bacowr.engine.watch.standing import WatchStatus
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.watch.models import LinkWatch

SOON_DAYS = 30
MOST_CAMPAIGNS = 100


@dataclass(frozen=True)
class Health:
    """The library as it is now: deals by placement, and watched links by what is known."""

    placements: Mapping[str, int]
    expiring: int
    watches: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many deals there are."""
        return sum(self.placements.values())

    @property
    def live(self) -> int:
        """How many links are published."""
        return self.placements.get(Placement.PUBLISHED, 0)

    @property
    def lost(self) -> int:
        """How many links are lost."""
        return self.placements.get(Placement.LOST, 0)


class Campaign(NamedTuple):
    """One campaign's deals as they are, and what its orders of the period amount to."""

    name: str
    deals: int
    live: int
    orders: Share


orders_kept: Memory[Mapping[str, Share]] = Memory(100)


def health(scope: Scope) -> Health:
    """Count the library as far as it is wanted, in two statements."""
    deals = _narrowed(scope)
    expiring = sa.func.sum(sa.case((is_expiring(SOON_DAYS), 1), else_=0))
    placed = db.session.execute(
        sa.select(Backlink.placement, sa.func.count(), expiring)
        .where(*deals)
        .group_by(Backlink.placement)
    ).all()
    watched = db.session.execute(
        sa.select(LinkWatch.status, sa.func.count())
        .join(Backlink, Backlink.id == LinkWatch.backlink_id)
        .where(*deals, LinkWatch.status != WatchStatus.ENDED)
        .group_by(LinkWatch.status)
    ).all()
    return Health(
        placements={row[0]: row[1] for row in placed},
        expiring=sum(row[2] for row in placed),
        watches={row[0]: row[1] for row in watched},
    )


def live_by_publisher(scope: Scope) -> Mapping[str, int]:
    """Count the published links of each publisher, in one statement."""
    select = (
        sa.select(Backlink.publisher_domain, sa.func.count())
        .where(*_narrowed(scope), Backlink.placement == Placement.PUBLISHED)
        .group_by(Backlink.publisher_domain)
    )
    return {row[0]: row[1] for row in db.session.execute(select)}


def campaigns(scope: Scope, counted: Counted) -> list[Campaign]:
    """Count each campaign's deals and its orders of the period, the largest first."""
    deals = db.session.execute(
        sa.select(Backlink.campaign, sa.func.count(), _sum(_is_live()))
        .where(*_narrowed(scope), Backlink.campaign.is_not(None))
        .group_by(Backlink.campaign)
        .order_by(sa.func.count().desc(), Backlink.campaign)
        .limit(MOST_CAMPAIGNS)
    ).all()
    orders = _orders(scope, counted) if deals else {}
    return [
        Campaign(name, count, live, orders.get(name, Share()))
        for name, count, live in ((str(row[0]), row[1], row[2]) for row in deals)
    ]


def names(scope: Scope) -> list[str]:
    """Return the campaigns that the library names, in their order."""
    select = (
        sa.select(Backlink.campaign)
        .where(scope.of_owners(Backlink.owner_id), Backlink.campaign.is_not(None))
        .distinct()
        .order_by(Backlink.campaign)
        .limit(MOST_CAMPAIGNS)
    )
    return [str(each) for each in db.session.scalars(select)]


def _orders(scope: Scope, counted: Counted) -> Mapping[str, Share]:
    """Add up orders by campaign, month by month: of months that stand the sums are kept."""
    links = scope_of.links_of(scope.owners)
    found: dict[str, Share] = {}
    for span, told in counted.prints.items():
        key = (scope, span, told, links)
        part = orders_kept.get(key)
        if part is None:
            part = _orders_between(scope, span)
            orders_kept.put(key, part)
        for name, share in part.items():
            found[name] = found[name].plus(share) if name in found else share
    return found


def _orders_between(scope: Scope, span: Span) -> dict[str, Share]:
    """Add up a month's orders by campaign; one that several of its deals name counts once."""
    named = (
        sa.select(Backlink.campaign, Backlink.job_id)
        .where(
            scope.of_owners(Backlink.owner_id),
            Backlink.campaign.is_not(None),
            Backlink.job_id.is_not(None),
        )
        .distinct()
        .subquery()
    )
    stands, is_scored = Job.deleted_at.is_(None), Job.qc_score.is_not(None)
    is_measured = Job.cost_source == CostSource.MEASURED
    select = (
        sa.select(
            named.c.campaign,
            _sum(stands),
            _sum(sa.and_(stands, Job.status == JobStatus.DELIVERED)),
            _sum(sa.and_(stands, Job.status == JobStatus.BLOCKED)),
            _sum(sa.and_(stands, is_scored)),
            sa.func.sum(sa.case((sa.and_(stands, is_scored), Job.qc_score), else_=0.0)),
            sa.func.sum(sa.case((is_measured, Job.actual_cost_usd), else_=0.0)),
            sa.func.sum(
                sa.case((is_measured, 0.0), else_=sa.func.coalesce(Job.actual_cost_usd, 0))
            ),
        )
        .join(Job, Job.id == named.c.job_id)
        .where(
            *scope.conditions,
            Job.created_at >= midnight(span[0]),
            Job.created_at < midnight(span[1] + timedelta(days=1)),
        )
        .group_by(named.c.campaign)
    )
    return {row[0]: Share(*row[1:]) for row in db.session.execute(select)}


def _narrowed(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Narrow deals to what is wanted; who was to write is said of orders only."""
    found = [scope.of_owners(Backlink.owner_id)]
    if scope.wanted.campaign:
        found.append(Backlink.campaign == scope.wanted.campaign)
    if scope.wanted.publisher:
        found.append(Backlink.publisher_domain == scope.wanted.publisher)
    return found


def _is_live() -> sa.ColumnElement[bool]:
    return Backlink.placement == Placement.PUBLISHED


def _sum(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
