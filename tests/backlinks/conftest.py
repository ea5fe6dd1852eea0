"""Deals to work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bacowr.accounts.models import User
from bacowr.backlinks import service
from bacowr.backlinks.models import Backlink
from tests.plugins.application import NewUser

DEAL = {
    "publisher_domain": "publisher.se",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
}
NewDeal = Callable[..., Backlink]


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def new_deal(owner: User) -> NewDeal:
    """A function that makes a deal record: new_deal(deal_type="paid")."""

    def make(by: User | None = None, **fields: Any) -> Backlink:  # noqa: ANN401 - a deal's fields.
        return service.create(DEAL | fields, owner=by or owner)

    return make
