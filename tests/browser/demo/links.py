"""The library of the made-up installation, and what was found on the pages of its links."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest import mock

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.backlinks import service, views
from bacowr.backlinks.filters import Filters
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.http import HttpAnswer, Outgoing
from bacowr.watch import service as watch
from bacowr.watch import sweeping
from bacowr.watch.looking import Looker
from bacowr.watch.models import LinkWatch

TARGET = "https://varmebutiken.example/guider/luftvarmepump"
TEXT = (
    "<p>{label}</p><p>A quiet heat pump is a matter of where it hangs. We asked three owners what "
    "they would do again, and all of them had read a {link} before they called anybody. The wall "
    "matters more than the make, and the neighbor more than the wall.</p><p>Ask for the sound at "
    "night, not for the sound in the brochure, and walk around the house before you sign.</p>"
)
Deal = tuple[str, str, dict[str, object]]
DEALS: tuple[Deal, ...] = (
    ("villaliv.example", "guide to heat pumps", {"agreed_rel": "sponsored", "price": "1500"}),
    ("energikollen.example", "compare heat pumps", {"agreed_rel": "sponsored", "price": "2400"}),
    ("bostadsnytt.example", "heat pump guide", {"agreed_rel": "nofollow", "price": "900"}),
    ("kallvinter.example", "varmebutiken.example", {"deal_type": "editorial", "price": ""}),
    ("hemfixarna.example", "read more", {"agreed_rel": "sponsored", "price": "3200"}),
    ("sparwatt.example", "heat pumps for old houses", {"price": "1100", "tags": "winter, test"}),
)
UNPUBLISHED: tuple[tuple[str, str, Placement], ...] = (
    ("odlarliv.example", "build a greenhouse", Placement.AGREED),
    ("tradgard.example", "greenhouse in October", Placement.DRAFTED),
    ("vinterhem.example", "heat pump test", Placement.SENT),
    ("byggtipset.example", "heat pump offers", Placement.REMOVED),
)


@dataclass(frozen=True)
class Links:
    """Ids of deal records by what is to be seen on their pages."""

    deals: dict[str, str]
    watches: dict[str, str]


def lay(owner: User, job_id: str) -> Links:
    """Fill the library, and look at its published pages over ten days."""
    with days_ago(24):
        deals = {name: _deal(name, anchor, more, owner).id for name, anchor, more in DEALS}
    with days_ago(3):
        for name, anchor, placement in UNPUBLISHED:
            more: dict[str, object] = {"customer": "tradgardsbutiken.example", "campaign": "Autumn"}
            deals[str(placement)] = _deal(name, anchor, more, owner, placement).id
        _explain(db.session.get_one(Backlink, deals["sparwatt.example"]))
        _join(deals["drafted"], job_id)
    views.save("Ends this quarter", Filters(expires_within=90), owner=owner)
    views.save("Red", Filters(search="heat"), owner=owner)
    _look(_pages())
    watches = {each.backlink.publisher_domain: each.id for each in _watches()}
    return Links(deals, watches)


def _deal(
    site: str,
    anchor: str,
    more: dict[str, object],
    owner: User,
    placement: Placement = Placement.PUBLISHED,
) -> Backlink:
    known: dict[str, object] = {
        "publisher_domain": site,
        "target_url": TARGET,
        "anchor_text": anchor,
        "deal_type": "paid",
        "agreed_rel": "sponsored",
        "advertiser": "Värmebutiken AB",
        "customer": "varmebutiken.example",
        "campaign": "Winter",
        "price": "1500",
        "currency": "SEK",
        "language": "sv",
        "contact": f"desk@{site}",
        "tags": "winter",
        "expires_on": (clock.now() + timedelta(days=len(site) * 4)).date().isoformat(),
    }
    told = known | more | {"placement": placement}
    if not told["price"]:
        del told["currency"]
    if placement is Placement.PUBLISHED:
        told |= {
            "publisher_url": f"https://{site}/2026/heat-pump",
            "published_at": clock.now().isoformat(),
        }
    return service.create(told, owner=owner)


@transaction
def _explain(deal: Backlink) -> None:
    """Record what a history may hold: a paid link that is followed, and nobody wrote why."""
    service.change(deal, {"agreed_rel": "follow", "rel_reason": None}, actor=EventType.IMPORTED)


@transaction
def _join(deal_id: str, job_id: str) -> None:
    db.session.get_one(Backlink, deal_id).job_id = job_id


def _watches() -> list[LinkWatch]:
    return list(db.session.scalars(sa.select(LinkWatch)))


@dataclass(frozen=True)
class Canned(Outgoing):
    """Gives pages that are made up; nothing is called."""

    pages: dict[str, tuple[int, str]] = field(default_factory=dict)

    def get(self, url: str, **_how: object) -> HttpAnswer:
        unknown = (404, "") if url.endswith("/robots.txt") else (200, "<html>A page.</html>")
        status, body = self.pages.get(url, unknown)
        headers = {"content-type": "text/html; charset=utf-8"}
        return HttpAnswer(url, url, status, headers, body.encode())


def _page(anchor: str, rel: str = "sponsored", label: str = "Annons") -> tuple[int, str]:
    link = f'<a href="{TARGET}" rel="{rel}">{anchor}</a>'
    body = TEXT.format(link=link, label=label)
    return 200, f"<!doctype html><html><title>Heat</title><body><main>{body}</main></body></html>"


def _pages() -> list[dict[str, tuple[int, str]]]:
    """Give what the sites answer, look after look."""
    good = {f"https://{site}/2026/heat-pump": _page(anchor) for site, anchor, _ in DEALS}
    good["https://sparwatt.example/2026/heat-pump"] = _page("heat pumps for old houses", rel="")
    good["https://bostadsnytt.example/2026/heat-pump"] = _page("heat pump guide", rel="nofollow")

    def but(**changes: tuple[int, str]) -> dict[str, tuple[int, str]]:
        return {f"https://{name}.example/2026/heat-pump": page for name, page in changes.items()}

    gone = (404, "<html>Not here</html>")
    broken = good | but(energikollen=gone, hemfixarna=_page("read more", rel=""))
    worse = broken | but(kallvinter=gone)
    return [good, good, broken, worse, worse | but(villaliv=_page(DEALS[0][1], label=""))]


@contextmanager
def days_ago(number: float) -> Iterator[datetime]:
    """Let the house's clock stand at a moment that has passed."""
    moment = clock.now() - timedelta(days=number)
    with mock.patch.object(clock, "now", return_value=moment):
        yield moment


def _look(rounds: list[dict[str, tuple[int, str]]]) -> None:
    for number, pages in enumerate(rounds):
        looker = Looker(Canned(pages=pages))
        with days_ago((len(rounds) - number) * 2 - 1.9):
            sweeping.sweep()
            for each in _watches():
                _make_due(each.id)
            while watch.look_at_next("watcher-1", looker):
                pass
    sweeping.sweep()


@transaction
def _make_due(watch_id: str) -> None:
    due = sa.update(LinkWatch).where(LinkWatch.id == watch_id)
    db.session.execute(due.values(next_check_at=clock.now()))
