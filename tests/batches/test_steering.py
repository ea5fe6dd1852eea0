"""What people may change about a batch, and what they may not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid
from bacowr.batches import queries, service
from bacowr.batches.models import Batch
from bacowr.batches.service import Pace, Plan
from tests.batches.conftest import NewBatch, Work


def test_the_pace_can_be_changed_under_way(new_batch: NewBatch, work: Work, owner: User) -> None:
    batch = new_batch(5, Pace(parallel=1, starts_per_minute=600))
    assert work() == 1
    service.steer(batch, Pace(parallel=4, starts_per_minute=600, cap_usd=2.5), by=owner)
    assert work() == 4
    assert queries.standing(batch).cap_usd == 2.5
    service.steer(batch, Pace(parallel=4, starts_per_minute=600), by=owner)
    assert queries.standing(batch).cap_usd is None


@pytest.mark.parametrize(
    ("pace", "field"),
    [
        (Pace(parallel=0), "parallel"),
        (Pace(starts_per_minute=601), "starts_per_minute"),
        (Pace(cap_usd=-1.0), "cap_usd"),
    ],
)
def test_a_pace_that_cannot_be_is_refused(
    new_batch: NewBatch, owner: User, pace: Pace, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        service.steer(new_batch(1), pace, by=owner)
    assert field in refused.value.fields


def test_a_batch_without_name_or_rows_is_refused(owner: User) -> None:
    with pytest.raises(Invalid) as refused:
        service.create([], Plan("  "), owner=owner)
    assert refused.value.fields.keys() == {"name", "rows"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Batch)) == 0


def test_a_batch_that_is_over_cannot_be_steered(
    new_batch: NewBatch, work: Work, owner: User
) -> None:
    batch = new_batch(1)
    while work():
        pass
    work()
    with pytest.raises(Conflict):
        service.steer(batch, Pace(), by=owner)
    with pytest.raises(Conflict):
        service.pause(batch, by=owner)
    with pytest.raises(Conflict):
        service.cancel(batch, by=owner)
