"""Counting the library: per publisher, customer and target, and anchors against their budget."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.matching import comparable
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.backlinks.queries import IS_RED, is_expiring
from bacowr.base.db import db
from bacowr.engine.order import AnchorType

MOST_NAMED = 100
SOON_DAYS = 30

_budget = tomllib.loads(Path(__file__).with_name("anchor_budget.toml").read_text(encoding="utf-8"))
BUDGET_LABEL = str(_budget["label"])
MOST_EXACT_SHARE = float(_budget["most_exact_share"])
LEAST_SAMPLE = int(_budget["least_sample"])
# A link that was taken down weighs nothing; one that is agreed on will.
WEIGHING = sorted({*Placement} - {Placement.REMOVED, Placement.LOST, Placement.EXPIRED})


@dataclass(frozen=True)
class Named:
    """How many links there are of one name, and how many of them are published."""

    name: str
    total: int
    published: int
    red: int


@dataclass(frozen=True)
class Budget:
    """The anchors to one target: `counts` by type, and those whose type nobody said."""

    target: str
    counts: Mapping[AnchorType, int]
    untyped: int

    @property
    def sample(self) -> int:
        """How many anchors have a type."""
        return sum(self.counts.values())

    @property
    def exact_share(self) -> float | None:
        """The share of exact anchors among those with a type; None while there are too few."""
        if self.sample < LEAST_SAMPLE:
            return None
        return self.counts.get(AnchorType.EXACT, 0) / self.sample

    @property
    def is_over(self) -> bool:
        """Whether exact anchors are above the budget."""
        return self.exact_share is not None and self.exact_share > MOST_EXACT_SHARE

    def with_one_more(self) -> "Budget":
        """Return the budget as it would be with one more exact anchor."""
        counts = {**self.counts, AnchorType.EXACT: self.counts.get(AnchorType.EXACT, 0) + 1}
        return Budget(self.target, counts, self.untyped)


@dataclass(frozen=True)
class Totals:
    """The library in single figures."""

    total: int
    red: int
    expiring: int
    by_placement: Mapping[Placement, int]
    prices: Mapping[str, int]
    """By currency, in hundredths."""


def totals(owner: User) -> Totals:
    """Count the whole library, in two statements."""
    soon, red = (
        sa.func.sum(sa.case((condition, 1), else_=0))
        for condition in (is_expiring(SOON_DAYS), IS_RED)
    )
    rows = db.session.execute(
        sa.select(Backlink.placement, sa.func.count(), red, soon)
        .where(visible_to(owner, Backlink.owner_id))
        .group_by(Backlink.placement)
    ).all()
    prices = db.session.execute(
        sa.select(Backlink.currency, sa.func.sum(Backlink.price_cents))
        .where(visible_to(owner, Backlink.owner_id), Backlink.currency.is_not(None))
        .group_by(Backlink.currency)
        .order_by(Backlink.currency)
    ).all()
    return Totals(
        total=sum(row[1] for row in rows),
        red=sum(row[2] for row in rows),
        expiring=sum(row[3] for row in rows),
        by_placement={row[0]: row[1] for row in rows},
        prices={str(row[0]): int(row[1] or 0) for row in prices},
    )


def per(column: Any, owner: User, most: int = MOST_NAMED) -> Sequence[Named]:  # noqa: ANN401  # A mapped attribute.
    """Count the library by a column, the most frequent values first; bounded by `most`."""
    published = sa.case((Backlink.placement == Placement.PUBLISHED, 1), else_=0)
    red = sa.case((IS_RED, 1), else_=0)
    count = sa.func.count()
    select = (
        sa.select(column, count, sa.func.sum(published), sa.func.sum(red))
        .where(visible_to(owner, Backlink.owner_id), column.is_not(None))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(most)
    )
    return [Named(str(row[0]), row[1], row[2], row[3]) for row in db.session.execute(select)]


def budgets(owner: User, targets: Sequence[str] = ()) -> Sequence[Budget]:
    """Count the anchors to each target by their types, the worst first; one statement.

    Addresses of the same page (`matching.comparable`) are one target; `targets` narrows to some.
    """
    select = (
        sa.select(Backlink.target_url, Backlink.anchor_type, sa.func.count())
        .where(visible_to(owner, Backlink.owner_id), Backlink.placement.in_(WEIGHING))
        .group_by(Backlink.target_url, Backlink.anchor_type)
    )
    counts: dict[str, Counter[AnchorType | None]] = {}
    shown: dict[str, str] = {}
    for url, kind, count in db.session.execute(select):
        key = comparable(url)
        counts.setdefault(key, Counter())[kind] += count
        shown.setdefault(key, url)
    wanted = {comparable(each) for each in targets}
    found = [
        Budget(shown[key], {kind: each[kind] for kind in AnchorType if each[kind]}, each[None])
        for key, each in counts.items()
        if not targets or key in wanted
    ]
    return sorted(found, key=lambda each: (-(each.exact_share or 0), -each.sample, each.target))


def averages(owner: User) -> Mapping[str, float | int | None]:
    """Return what third parties say of the pages: mean authorities and the sum of visitors."""
    select = sa.select(
        sa.func.avg(Backlink.domain_authority),
        sa.func.avg(Backlink.page_authority),
        sa.func.sum(Backlink.traffic_estimate),
    ).where(visible_to(owner, Backlink.owner_id))
    domain, page, traffic = db.session.execute(select).one()
    return {
        "avg_domain_authority": None if domain is None else float(domain),
        "avg_page_authority": None if page is None else float(page),
        "total_traffic_estimate": int(traffic or 0),
    }
