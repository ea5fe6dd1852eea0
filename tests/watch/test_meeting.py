"""Two processes that look for work at the same moment never ask one site together."""

from __future__ import annotations

from flask import Flask

from bacowr.watch import claiming, sweeping
from bacowr.watch.claiming import Lease
from tests.plugins.meeting import meet
from tests.plugins.watched_site import NewDeal


def leases(app: Flask) -> tuple[Lease | None, Lease | None]:
    return meet(app, lambda: claiming.claim("w1"), lambda: claiming.claim("w2"))


def test_a_site_is_asked_by_one_at_a_time(app: Flask, new_deal: NewDeal) -> None:
    for path in ("/one", "/two"):
        new_deal(path)
    sweeping.sweep()
    first, second = leases(app)
    assert first is not None
    assert second is None


def test_two_sites_are_asked_side_by_side(app: Flask, new_deal: NewDeal) -> None:
    new_deal("/one")
    new_deal("/two", publisher_domain="other.test")
    sweeping.sweep()
    first, second = leases(app)
    assert first is not None
    assert second is not None
    assert first.watch_id != second.watch_id
