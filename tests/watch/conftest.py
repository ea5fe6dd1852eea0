"""Deals about a site on loopback, and the time to be moved on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.http import Outgoing
from bacowr.watch.looking import Looker
from tests.plugins.application import NewUser
from tests.plugins.watched_site import ANCHOR, Site, site

__all__ = ["site"]


@pytest.fixture
def looker(site: Site) -> Looker:
    return Looker(Outgoing(frozenset({site.host})), timeout_seconds=1.0)


NewDeal = Callable[..., Backlink]


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user("owner@example.org")


@pytest.fixture
def new_deal(app: Flask, owner: User, site: Site) -> NewDeal:
    """A function that publishes a link at a path of the site."""
    del app

    def make(path: str = "/page", **more: object) -> Backlink:
        fields = {
            "publisher_domain": "127.0.0.1",
            "target_url": site.url("/target"),
            "anchor_text": ANCHOR,
            "agreed_rel": "follow",
            "deal_type": "editorial",
        }
        backlink = backlinks.create(fields | more, owner=more.pop("owner", owner), as_new=True)  # type: ignore[arg-type]
        backlink.publisher_url = site.url(path)
        backlinks.record_published(backlink, site.url(path), by=owner)
        return backlink

    return make


class Clock:
    """The time, to be moved on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def pass_(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made
