"""Watched links over the API: what is known, what checks found, a look at once, a pause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bacowr.accounts import invitations
from bacowr.accounts.permissions import Role
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink, DealType, Rel
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.http import Outgoing
from bacowr.watch import claiming, service, sweeping
from bacowr.watch.looking import Looker
from tests.api.conftest import Caller, NewCaller, body_of
from tests.plugins.watched_site import ANCHOR, Site, site

__all__ = ["site"]


@transaction
def publish(site: Site, caller: Caller, path: str = "/page") -> Backlink:
    values = {
        "publisher_domain": "127.0.0.1",
        "publisher_url": site.url(path),
        "target_url": site.url("/target"),
        "anchor_text": ANCHOR,
        "agreed_rel": Rel.FOLLOW,
        "deal_type": DealType.EDITORIAL,
        "placement": Placement.PUBLISHED,
        "match_key": path,
    }
    return backlinks.add(values, owner=caller.user, by=EventType.CREATED)


@pytest.fixture
def looker(site: Site) -> Looker:
    return Looker(Outgoing(frozenset({site.host})))


def test_what_a_check_found_is_shown_with_its_evidence(
    caller: Caller, site: Site, looker: Looker
) -> None:
    site.put("/page", site.article(site.link("rel=nofollow")))
    deal = publish(site, caller)
    sweeping.sweep()
    assert service.look_at_next("w1", looker) is not None

    listed = body_of(caller.get("/watch?status=SUSPECT"))
    assert listed["total"] == 1
    assert body_of(caller.get("/watch?status=ok&search=nothing"))["items"] == []
    shown = body_of(caller.get(f"/watch/{deal.id}"))
    assert shown == listed["items"][0]
    assert (shown["backlink_id"], shown["anchor_text"]) == (deal.id, ANCHOR)
    assert (shown["suspected"], shown["verdicts"]) == (["wrong_rel"], [])
    [check] = body_of(caller.get(f"/watch/{shown['id']}/checks"))["items"]
    assert (check["verdict"], check["status_code"]) == ("wrong_rel", 200)
    assert check["links"][0]["rel"] == ["nofollow"]


def test_alerts_are_listed_of_all_links_or_of_one(
    caller: Caller, new_caller: NewCaller, site: Site
) -> None:
    deal, other = publish(site, caller), publish(site, caller, "/other")
    soon = (clock.now() + timedelta(days=2)).date().isoformat()
    backlinks.update(deal, {"expires_on": soon}, by=caller.user)
    sweeping.sweep()
    [alert] = body_of(caller.get("/watch/alerts"))["items"]
    assert alert["kind"] == "expiring"
    assert body_of(caller.get(f"/watch/{deal.id}/alerts"))["items"] == [alert]
    assert body_of(caller.get(f"/watch/{other.id}/alerts"))["items"] == []
    assert body_of(caller.get("/watch/alerts?since=2999-01-01T00:00:00"))["items"] == []
    stranger = new_caller("stranger@example.org")
    assert body_of(stranger.get("/watch/alerts"))["items"] == []


def test_a_link_is_checked_now_unless_it_is_paused(caller: Caller, site: Site) -> None:
    deal = publish(site, caller)
    sweeping.sweep()
    assert caller.post(f"/watch/{deal.id}/check").status_code == 202

    paused = body_of(caller.post(f"/watch/{deal.id}/pause"))
    assert paused["paused_at"] is not None
    assert caller.post(f"/watch/{deal.id}/check").status_code == 409
    assert claiming.claim("w1") is None
    again = body_of(caller.post(f"/watch/{deal.id}/pause"))
    assert again["paused_at"] == paused["paused_at"]

    resumed = body_of(caller.post(f"/watch/{deal.id}/resume"))
    assert resumed["paused_at"] is None
    assert body_of(caller.post(f"/watch/{deal.id}/resume")) == resumed
    assert claiming.claim("w1") is not None


def test_a_deal_that_is_over_is_neither_paused(caller: Caller, site: Site) -> None:
    deal = publish(site, caller)
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    backlinks.update(deal, {"expires_on": yesterday}, by=caller.user)
    sweeping.sweep()
    assert body_of(caller.get(f"/watch/{deal.id}"))["status"] == "ended"
    assert caller.post(f"/watch/{deal.id}/pause").status_code == 409


def test_the_team_sees_it_and_strangers_don_t(
    caller: Caller, new_caller: NewCaller, site: Site
) -> None:
    deal = publish(site, caller)
    sweeping.sweep()
    viewer = new_caller("viewer@example.org", role=Role.VIEWER)
    stranger = new_caller("stranger@example.org", role=Role.ADMIN)
    boss = new_caller("boss@example.org", role=Role.ADMIN)
    for each in (caller, viewer):
        invitations.take_in(each.user, by=boss.user)
    for path in ("", "/checks", "/alerts"):
        assert viewer.get(f"/watch/{deal.id}{path}").status_code == 200
        assert stranger.get(f"/watch/{deal.id}{path}").status_code == 404
    for verb in ("check", "pause", "resume"):
        assert viewer.post(f"/watch/{deal.id}/{verb}").status_code == 403
        assert stranger.post(f"/watch/{deal.id}/{verb}").status_code == 404
