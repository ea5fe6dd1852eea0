"""Reading deal records, what happened to them, and the views that people saved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.filters import Filters, Sort
from bacowr.backlinks.models import Backlink, BacklinkEvent, SavedView
from bacowr.backlinks.placements import Placement
from bacowr.base import clock, paging, tally
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.engine.terms import ADVERTISING, Rel

MOST_OFFERED = 500
BATCH = 500

# Paid, followed, and nobody wrote down why: red wherever it is listed (domain 3.12).
IS_RED = sa.and_(
    Backlink.deal_type.in_(sorted(ADVERTISING)),
    Backlink.agreed_rel == Rel.FOLLOW,
    sa.func.coalesce(Backlink.rel_reason, "") == "",
)

_ORDERS: dict[Sort, tuple[sa.ColumnElement[Any], ...]] = {
    Sort.NEWEST: (),
    Sort.CHANGED: (Backlink.updated_at.desc(),),
    Sort.PUBLISHED: (Backlink.published_at.desc().nulls_last(),),
    Sort.EXPIRES: (Backlink.expires_on.asc().nulls_last(),),
    Sort.PUBLISHER: (Backlink.publisher_domain.asc(),),
    Sort.CUSTOMER: (Backlink.customer.asc().nulls_last(),),
    Sort.PRICE: (Backlink.price_cents.desc().nulls_last(),),
}
_SEARCHED = (
    Backlink.publisher_domain,
    Backlink.publisher_url,
    Backlink.target_url,
    Backlink.anchor_text,
    Backlink.customer,
    Backlink.external_ref,
)


@dataclass(frozen=True)
class Detail:
    """A deal record with what happened to it, the latest first."""

    backlink: Backlink
    history: Sequence[BacklinkEvent]


def get(backlink_id: str, *, owner: User) -> Backlink:
    """Get one of the person's deal records; raise NotFound for any other."""
    select = sa.select(Backlink).where(
        Backlink.id == backlink_id, visible_to(owner, Backlink.owner_id)
    )
    if backlink := db.session.scalar(select):
        return backlink
    raise NotFound("There is no such backlink.")


def owned_by(owner: User, filters: Filters | None = None) -> sa.Select[Backlink]:
    """Select the person's deal records that the filters leave, in their order."""
    filters = filters or Filters()
    order = (*_ORDERS[filters.sort], Backlink.created_at.desc(), Backlink.id.desc())
    return sa.select(Backlink).where(*narrowed(owner, filters)).order_by(*order)


def count_owned_by(owner: User, filters: Filters | None = None) -> int:
    """Count what `owned_by` selects; remembered for as long as nothing is written."""
    filters = filters or Filters()
    key = ("backlinks", owner.id, owner.team_id, today(), *sorted(filters.arguments.items()))
    return tally.remembered(key, lambda: paging.count(owned_by(owner, filters)))


def narrowed(owner: User, filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions that the filters stand for."""
    yield visible_to(owner, Backlink.owner_id)
    columns: dict[str, sa.ColumnElement[Any]] = {
        "publisher": Backlink.publisher_domain,  # type: ignore[dict-item]  # Mapped attributes are column elements.
        "customer": Backlink.customer,  # type: ignore[dict-item]
        "campaign": Backlink.campaign,  # type: ignore[dict-item]
        "category": Backlink.category,  # type: ignore[dict-item]
        "language": Backlink.language,  # type: ignore[dict-item]
        "placement": Backlink.placement,  # type: ignore[dict-item]
        "deal_type": Backlink.deal_type,  # type: ignore[dict-item]
        "agreed_rel": Backlink.agreed_rel,  # type: ignore[dict-item]
        "anchor_type": Backlink.anchor_type,  # type: ignore[dict-item]
    }
    for name, column in columns.items():
        if value := getattr(filters, name):
            yield column == value
    if filters.search:
        yield sa.or_(*(each.icontains(filters.search, autoescape=True) for each in _SEARCHED))
    if filters.target:
        yield Backlink.target_url.icontains(filters.target, autoescape=True)
    if filters.tag:
        yield _is_tagged(filters.tag)
    if filters.expires_within is not None:
        yield is_expiring(filters.expires_within)
    if filters.is_red:
        yield IS_RED


def is_expiring(days: int) -> sa.ColumnElement[bool]:
    """Tell what ends within so many days, or has ended while nobody looked, and is still open."""
    return sa.and_(
        Backlink.expires_on <= today() + timedelta(days=days),
        Backlink.placement.in_([Placement.PUBLISHED, Placement.LOST]),
    )


def today() -> date:
    """Return the day it is in UTC."""
    return clock.now().date()


def every(owner: User, filters: Filters | None = None) -> Iterator[Backlink]:
    """Give all that `owned_by` selects, some hundred at a time, without keeping them."""
    select = owned_by(owner, filters).execution_options(yield_per=BATCH)
    yield from db.session.scalars(select)


def detail(backlink: Backlink) -> Detail:
    """Return a deal record with what happened to it."""
    return Detail(backlink, events_of(backlink))


def events_of(backlink: Backlink) -> Sequence[BacklinkEvent]:
    """Return what happened to a deal record, the latest first."""
    select = (
        sa.select(BacklinkEvent)
        .where(BacklinkEvent.backlink_id == backlink.id)
        .order_by(BacklinkEvent.at.desc(), BacklinkEvent.id.desc())
    )
    return db.session.scalars(select).all()


def alike(backlink: Backlink) -> Sequence[Backlink]:
    """Return the owner's other records of the same link."""
    select = sa.select(Backlink).where(
        Backlink.owner_id == backlink.owner_id,
        Backlink.match_key == backlink.match_key,
        Backlink.id != backlink.id,
    )
    return db.session.scalars(select.order_by(Backlink.created_at, Backlink.id)).all()


def by_match(keys: Iterable[str], *, owner: User) -> dict[str, list[Backlink]]:
    """Return the owner's records by their match keys, the earliest of each first."""
    found: dict[str, list[Backlink]] = {}
    wanted = sorted({*keys})
    for start in range(0, len(wanted), BATCH):
        select = sa.select(Backlink).where(
            visible_to(owner, Backlink.owner_id),
            Backlink.match_key.in_(wanted[start : start + BATCH]),
        )
        for backlink in db.session.scalars(select.order_by(Backlink.created_at, Backlink.id)):
            found.setdefault(backlink.match_key, []).append(backlink)
    return found


def says_the_same(known: Backlink, values: Mapping[str, Any], told: Iterable[str]) -> bool:
    """Tell whether a record already holds all that was told."""
    return all(getattr(known, name) == values[name] for name in told)


def customers_of(owner: User) -> Sequence[str]:
    """Return whose targets the person has deal records for, in the order of their names."""
    select = (
        sa.select(Backlink.customer)
        .where(visible_to(owner, Backlink.owner_id), Backlink.customer.is_not(None))
        .distinct()
        .order_by(Backlink.customer)
        .limit(MOST_OFFERED)
    )
    return [name for name in db.session.scalars(select) if name]


def tags_of(owner: User) -> Sequence[str]:
    """Return the person's tags in alphabetical order."""
    table = Backlink.__table__
    word = sa.column("value", sa.String)
    each = _elements(table.c.tags)
    select = (
        sa.select(word)
        .select_from(table.join(each, sa.true()))
        .where(visible_to(owner, table.c.owner_id))
        .distinct()
        .order_by(word)
        .limit(MOST_OFFERED)
    )
    return list(db.session.scalars(select))


def views_of(owner: User) -> Sequence[SavedView]:
    """Return the views that the person saved, in the order of their names."""
    select = sa.select(SavedView).where(SavedView.owner_id == owner.id).order_by(SavedView.name)
    return db.session.scalars(select).all()


def get_view(view_id: str, *, owner: User) -> SavedView:
    """Get one of the person's saved views; raise NotFound for any other."""
    select = sa.select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == owner.id)
    if view := db.session.scalar(select):
        return view
    raise NotFound("There is no such view.")


def _is_tagged(tag: str) -> sa.ColumnElement[bool]:
    word = sa.column("value", sa.String)
    return sa.exists(sa.select(word).select_from(_elements(Backlink.tags)).where(word == tag))


def _elements(column: Any) -> sa.TableValuedAlias:  # noqa: ANN401  # A column of either kind.
    """Take a list apart, on either database."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    function = sa.func.json_each if is_sqlite else sa.func.jsonb_array_elements_text
    return function(column).table_valued(sa.column("value", sa.String), joins_implicitly=True)
