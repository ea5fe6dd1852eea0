"""Deals about a site on loopback, and the time to be moved on."""

from __future__ import annotations

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink, DealType, Rel
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.http import Outgoing
from bacowr.watch.looking import Looker
from tests.plugins.application import NewUser
from tests.plugins.watched_site import ANCHOR, Clock, NewDeal, Site, site

__all__ = ["site"]


@pytest.fixture
def looker(site: Site) -> Looker:
    return Looker(Outgoing(frozenset({site.host})), timeout_seconds=1.0)


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user("owner@example.org")


@pytest.fixture
def new_deal(app: Flask, owner: User, site: Site) -> NewDeal:
    """A function that publishes a link at a path of the site."""
    del app

    @transaction
    def make(path: str = "/page", **more: object) -> Backlink:
        values: dict[str, object] = {
            "publisher_domain": "127.0.0.1",
            "publisher_url": site.url(path),
            "target_url": site.url("/target"),
            "anchor_text": ANCHOR,
            "agreed_rel": Rel.FOLLOW,
            "deal_type": DealType.EDITORIAL,
            "placement": Placement.PUBLISHED,
            "published_at": clock.now(),
            "match_key": path,
        }
        return backlinks.add(values | more, owner=owner, by=EventType.CREATED)

    return make


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made
