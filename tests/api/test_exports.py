"""Google, which no installation is connected to: owned things only, and said plainly."""

from __future__ import annotations

import pytest

from bacowr.accounts.permissions import Role
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch
from tests.api.conftest import Caller, NewCaller, body_of


@transaction
def batch_of(caller: Caller) -> str:
    batch = Batch(owner_id=caller.user.id, name="Tonight")
    db.session.add(batch)
    db.session.flush()
    return str(batch.id)


@pytest.mark.parametrize("kind", ["google-sheets", "google-docs"])
def test_a_job_is_not_sent_and_the_answer_says_why(
    caller: Caller, new_caller: NewCaller, kind: str
) -> None:
    path = f"/export/jobs/{caller.order()['id']}/{kind}"
    answer = caller.post(path)
    assert answer.status_code == 503
    assert "Google is not connected" in body_of(answer)["detail"]
    assert new_caller("stranger@example.org").post(path).status_code == 404


def test_a_batch_is_not_sent_either(caller: Caller, new_caller: NewCaller) -> None:
    path = f"/export/batches/{batch_of(caller)}/google-sheets"
    assert caller.post(path).status_code == 503
    assert new_caller("stranger@example.org").post(path).status_code == 404


def test_admins_are_told_that_it_is_not_connected(caller: Caller, new_caller: NewCaller) -> None:
    assert caller.get("/export/google/auth/status").status_code == 403
    admin = new_caller("admin@example.org", role=Role.ADMIN)
    told = body_of(admin.get("/export/google/auth/status"))
    assert (told["configured"], told["authenticated"]) == (False, False)
