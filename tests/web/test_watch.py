"""The page "Link watch": what changed, the evidence of each check, and a look at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest
from werkzeug.test import TestResponse

from bacowr.accounts import queries as people
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink, DealType, Rel
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base.db import db, transaction
from bacowr.base.http import Outgoing
from bacowr.watch import queries, service, sweeping
from bacowr.watch.looking import Looker
from tests.plugins.watched_site import ANCHOR, Site, site

__all__ = ["site"]


class Browser(Protocol):
    """What these tests need of the browser without scripts."""

    def get(self, path: str, *, htmx: bool = False) -> TestResponse: ...

    def post(
        self, path: str, data: dict[str, str] | None = None, *, htmx: bool = False
    ) -> TestResponse: ...


@transaction
def publish(site: Site, owner: User) -> Backlink:
    values = {
        "publisher_domain": "127.0.0.1",
        "publisher_url": site.url("/page"),
        "target_url": site.url("/target"),
        "anchor_text": ANCHOR,
        "agreed_rel": Rel.FOLLOW,
        "deal_type": DealType.EDITORIAL,
        "placement": Placement.PUBLISHED,
        "match_key": "1",
    }
    return backlinks.add(values, owner=owner, by=EventType.CREATED)


@pytest.fixture
def looker(site: Site) -> Looker:
    return Looker(Outgoing(frozenset({site.host})))


def test_an_empty_page_says_how_watching_begins(browser: Browser) -> None:
    assert "No link is watched yet" in browser.get("/watch").text


def test_a_suspect_link_is_on_top_with_its_evidence(
    browser: Browser, editor: User, site: Site, looker: Looker
) -> None:
    site.put("/page", site.article(site.link("rel=nofollow")))
    deal = publish(site, editor)
    sweeping.sweep()
    service.look_at_next("one", looker)

    listed = browser.get("/watch").text
    assert "Since yesterday" in listed
    assert "wrong rel" in listed
    assert "Nothing matches" in browser.get("/watch?status=ok&q=x&page=1").text
    shown = browser.get(f"/watch/{deal.id}").text
    assert "The link is nofollow by attribute; agreed was follow." in shown
    assert "rel nofollow" in shown


def test_a_link_can_be_checked_now(
    browser: Browser, editor: User, site: Site, looker: Looker
) -> None:
    site.put("/page", site.article())
    deal = publish(site, editor)
    sweeping.sweep()
    service.look_at_next("one", looker)

    answer = browser.post(f"/watch/{deal.id}/check", htmx=True)

    assert "as soon as a worker is free" in answer.text
    assert browser.post(f"/watch/{deal.id}/check").status_code == 303
    service.look_at_next("one", looker)
    db.session.expire_all()
    assert len(queries.checks_of(queries.get(deal.id, owner=editor))) == 2


def test_others_do_not_find_a_link_and_viewers_do_not_check(
    new_browser: Callable[..., Browser], editor: User, site: Site
) -> None:
    browser = new_browser("viewer@example.org", role=Role.VIEWER)
    viewer = people.get_by_email("viewer@example.org")
    theirs, own = publish(site, editor), publish(site, viewer)
    sweeping.sweep()

    assert browser.get(f"/watch/{theirs.id}").status_code == 404
    assert browser.post(f"/watch/{own.id}/check").status_code == 403
    assert "Check now" not in browser.get(f"/watch/{own.id}").text


def test_a_link_is_paused_and_resumed(browser: Browser, editor: User, site: Site) -> None:
    deal = publish(site, editor)
    sweeping.sweep()
    part = browser.post(f"/watch/{deal.id}/pause", htmx=True).text
    assert 'id="resume"' in part
    assert 'id="check-now"' not in part
    assert '<span class="badge">paused</span>' in browser.get("/watch").text
    assert browser.post(f"/watch/{deal.id}/resume").location.startswith("/watch/")
    assert 'id="check-now"' in browser.get(f"/watch/{deal.id}").text
