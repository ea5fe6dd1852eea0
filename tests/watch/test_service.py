"""From a published deal to what is told about it: claimed once, stored whole, told once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import BacklinkEvent
from bacowr.backlinks.placements import Placement
from bacowr.base.db import db
from bacowr.engine.watch.standing import WatchStatus
from bacowr.engine.watch.verdicts import Verdict
from bacowr.watch import claiming, queries, service, sweeping
from bacowr.watch.looking import Looker
from bacowr.watch.models import AlertKind, LinkAlert, LinkCheck, LinkWatch
from tests.plugins.watched_site import Clock, NewDeal, Site


def watch_of(backlink_id: str) -> LinkWatch:
    db.session.expire_all()
    return db.session.scalars(
        sa.select(LinkWatch).where(LinkWatch.backlink_id == backlink_id)
    ).one()


def told() -> list[AlertKind]:
    select = sa.select(LinkAlert.kind).order_by(LinkAlert.created_at, LinkAlert.key)
    return list(db.session.scalars(select))


def test_a_published_link_is_watched_from_the_next_sweep_on(
    new_deal: NewDeal, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article())
    deal_id = new_deal().id

    assert (sweeping.sweep(), sweeping.sweep()) == (1, 0)
    check = service.look_at_next("one", looker)

    assert check is not None
    assert check.verdict is Verdict.OK
    watch = watch_of(deal_id)
    assert watch.status is WatchStatus.OK
    assert watch.next_check_at == time.now + timedelta(days=1)
    assert service.look_at_next("one", looker) is None


def test_a_lost_link_is_told_once_and_comes_back(
    new_deal: NewDeal, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article("nothing"))
    deal = new_deal()
    deal_id = deal.id
    sweeping.sweep()

    service.look_at_next("one", looker)
    assert watch_of(deal_id).status is WatchStatus.SUSPECT
    assert told() == []
    time.pass_(hours=6)
    service.look_at_next("one", looker)
    watch = watch_of(deal_id)
    assert watch.status is WatchStatus.FAULTY
    assert watch.backlink.placement is Placement.LOST
    site.put("/page", site.article())
    time.pass_(days=8)
    service.look_at_next("one", looker)

    watch = watch_of(deal_id)
    assert watch.backlink.placement is Placement.PUBLISHED
    assert told() == [AlertKind.LOST, AlertKind.RECOVERED]
    moves = db.session.scalars(
        sa.select(BacklinkEvent.to_placement)
        .where(BacklinkEvent.backlink_id == deal_id, BacklinkEvent.actor == "link watch")
        .order_by(BacklinkEvent.at)
    )
    assert list(moves) == [Placement.LOST, Placement.PUBLISHED]


def test_two_processes_never_take_the_same_link_nor_the_same_site(
    new_deal: NewDeal, time: Clock
) -> None:
    new_deal()
    new_deal("/other", anchor_text="other")
    sweeping.sweep()

    assert claiming.claim("one") is not None
    assert claiming.claim("two") is None
    time.pass_(seconds=claiming.LEASE_SECONDS + 1)
    assert claiming.claim("two") is not None


def test_a_look_whose_lease_was_lost_is_neither_stored_nor_told(
    new_deal: NewDeal, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article())
    new_deal()
    sweeping.sweep()
    slow = claiming.claim("slow")
    assert slow is not None
    time.pass_(seconds=claiming.LEASE_SECONDS + 1)
    assert service.look_at_next("quick", looker) is not None

    assert service.look(slow, looker) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LinkCheck)) == 1


def test_a_kill_between_claim_and_result_loses_nothing(
    new_deal: NewDeal, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article("nothing"))
    deal_id = new_deal().id
    sweeping.sweep()
    claiming.claim("killed")
    time.pass_(seconds=claiming.LEASE_SECONDS + 1)

    service.look_at_next("next", looker)

    assert watch_of(deal_id).status is WatchStatus.SUSPECT


def test_no_transaction_is_open_while_a_page_is_fetched(
    new_deal: NewDeal, site: Site, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("/page", site.article())
    new_deal()
    sweeping.sweep()
    seen: list[bool] = []
    real = looker.look

    def look(agreed: object) -> object:
        seen.append(db.session.registry().in_transaction())
        return real(agreed)  # type: ignore[arg-type]

    monkeypatch.setattr(looker, "look", look)
    service.look_at_next("one", looker)

    assert seen == [False]


def test_ends_are_warned_of_three_times_and_then_told(new_deal: NewDeal, time: Clock) -> None:
    deal_id = new_deal(expires_on=date(2026, 12, 10)).id
    for day in (date(2026, 11, 2), date(2026, 11, 10), date(2026, 12, 3), date(2026, 12, 8)):
        time.now = time.now.replace(month=day.month, day=day.day)
        sweeping.sweep()
        sweeping.sweep()
    time.now = time.now.replace(month=12, day=11)
    sweeping.sweep()
    sweeping.sweep()

    assert told() == [AlertKind.EXPIRING] * 3 + [AlertKind.EXPIRED]
    watch = watch_of(deal_id)
    assert watch.status is WatchStatus.ENDED
    assert watch.backlink.placement is Placement.EXPIRED


def test_a_removed_deal_is_watched_no_more_and_a_renewed_one_again(
    new_deal: NewDeal, owner: User, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article())
    deal = new_deal(expires_on=date(2026, 11, 5))
    sweeping.sweep()
    service.look_at_next("one", looker)
    time.pass_(days=9)
    sweeping.sweep()
    deal = watch_of(deal.id).backlink
    backlinks.update(deal, {"expires_on": "2027-11-05"}, by=owner)
    backlinks.move(deal, Placement.PUBLISHED, by=owner)
    sweeping.sweep()

    assert watch_of(deal.id).status is WatchStatus.WAITING
    backlinks.move(watch_of(deal.id).backlink, Placement.REMOVED, by=owner)
    service.look_at_next("one", looker)
    assert watch_of(deal.id).status is WatchStatus.ENDED


def test_somebody_can_ask_for_a_look_now(
    new_deal: NewDeal, owner: User, site: Site, looker: Looker, time: Clock
) -> None:
    site.put("/page", site.article())
    deal_id = new_deal().id
    sweeping.sweep()
    service.look_at_next("one", looker)
    time.pass_(minutes=1)

    service.ask(watch_of(deal_id), by=owner)

    assert service.look_at_next("one", looker) is not None
    assert len(queries.checks_of(watch_of(deal_id))) == 2


def test_a_look_that_breaks_is_tried_again_later(
    new_deal: NewDeal, looker: Looker, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal_id = new_deal().id
    sweeping.sweep()
    monkeypatch.setattr(looker, "look", lambda _agreed: 1 / 0)

    assert service.look_at_next("one", looker) is None
    watch = watch_of(deal_id)
    assert watch.lease_owner is None
    assert watch.next_check_at == time.now + service.RETRY_AFTER
