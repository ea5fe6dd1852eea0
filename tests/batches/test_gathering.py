"""Gathering finished jobs into a batch: what the service itself refuses."""

from __future__ import annotations

import pytest

from bacowr.accounts.models import User
from bacowr.base.errors import Invalid
from bacowr.batches import gathering
from bacowr.batches.gathering import Gathered
from tests.plugins.gathered import finished


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Gathered("Monday", []), "job_ids"),
        (Gathered("Monday", ["x"] * 1001), "job_ids"),
        (Gathered("Monday", ["x"], description="x" * 10_001), "description"),
        (Gathered(" ", ["x"]), "name"),
    ],
)
def test_what_is_no_batch_is_refused_by_its_name(owner: User, wanted: Gathered, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        gathering.gather(wanted, owner=owner)
    assert list(refused.value.fields) == [field]


def test_many_wrong_jobs_are_named_in_short(owner: User) -> None:
    known = finished(owner)[0].id
    wrong = [f"job-{each}" for each in range(8)]
    with pytest.raises(Invalid, match=r"job-0, job-1, job-2, job-3, job-4 and 3 more\."):
        gathering.gather(Gathered("Monday", [known, *wrong]), owner=owner)
