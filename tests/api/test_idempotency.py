"""Sent twice, done once: every request that creates something takes an Idempotency-Key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from bacowr.accounts import answers, invitations
from bacowr.accounts.answers import KeptAnswer
from bacowr.accounts.models import ApiKey, User
from bacowr.accounts.permissions import Role
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import db, transaction
from tests.api.conftest import ORDER, Caller, Json, NewCaller, body_of
from tests.plugins.application import PASSWORD

LINK = {
    "publisher_domain": "publisher.se",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
}
KEY = {"Idempotency-Key": "mine-1"}


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_all_that_creates_takes_a_key(caller: Caller) -> None:
    described = body_of(caller.get("/openapi.json"))
    creating = {
        f"{method} {path}": operation
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if method != "parameters" and "201" in operation["responses"]
    }
    assert len(creating) >= 6
    for address, operation in creating.items():
        headers = [each for each in operation["parameters"] if each["in"] == "header"]
        assert "Idempotency-Key" in [each["name"] for each in headers], address
        assert {"409", "422"} <= set(operation["responses"]), address


def test_the_same_again_gives_the_same_answer_and_does_nothing(caller: Caller) -> None:
    first = caller.post("/backlinks?as_new=1", json=LINK, headers=KEY)
    spelled_otherwise = dict(reversed(LINK.items()))
    again = caller.post("/backlinks?as_new=1", json=spelled_otherwise, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(first) == body_of(again)
    assert (first.location, first.mimetype) == (again.location, again.mimetype)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(Backlink) == 1


def test_the_same_key_for_something_else_is_a_conflict(caller: Caller) -> None:
    assert caller.post("/backlinks", json=LINK, headers=KEY).status_code == 201
    for path, body in (
        ("/backlinks", LINK | {"anchor_text": "other"}),
        ("/backlinks?as_new=1", LINK),
        ("/backlinks/bulk", {"backlinks": [LINK]}),
    ):
        refused = caller.post(path, json=body, headers=KEY)
        assert refused.status_code == 409
        assert "belongs to another request" in body_of(refused)["detail"]
    assert count(Backlink) == 1


def test_an_error_is_not_kept(caller: Caller) -> None:
    assert caller.post("/backlinks", json=LINK | {"price": "x"}, headers=KEY).status_code == 422
    assert caller.post("/backlinks", data="{", headers=KEY).status_code == 415
    assert count(KeptAnswer) == 0
    assert caller.post("/backlinks", json=LINK, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "å"])
def test_a_key_that_is_none_is_refused(caller: Caller, key: str) -> None:
    answer = caller.post("/backlinks", json=LINK, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert list(body_of(answer)["errors"]) == ["Idempotency-Key"]
    assert count(Backlink) == 0


def test_a_key_is_its_owner_s(caller: Caller, new_caller: NewCaller) -> None:
    other = new_caller("other@example.org")
    mine = body_of(caller.post("/backlinks", json=LINK, headers=KEY))
    theirs = body_of(other.post("/backlinks", json=LINK, headers=KEY))
    assert mine["id"] != theirs["id"]
    assert theirs["user_id"] == other.user.id


def test_many_at_once_are_brought_once(caller: Caller) -> None:
    body = {"backlinks": [LINK, "x"]}
    told = [body_of(caller.post("/backlinks/bulk", json=body, headers=KEY)) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["imported_count"] == 1


def test_a_secret_is_told_again_and_stored_nowhere(caller: Caller) -> None:
    asked = "/users/me/regenerate-api-key"
    first, again = (body_of(caller.post(asked, headers=KEY)) for _ in range(2))
    assert first == again
    made = sa.select(sa.func.count()).where(ApiKey.owner_id == caller.user.id)
    assert db.session.scalar(made) == 2
    kept = db.session.scalars(sa.select(KeptAnswer)).one()
    assert kept.answer is not None
    for column in (kept.id, kept.request_hash, kept.answer):
        assert first["api_key"] not in column
        assert KEY["Idempotency-Key"] not in column


def test_people_are_made_once(new_caller: NewCaller) -> None:
    admin = new_caller("admin@example.org", role=Role.ADMIN)
    before = count(User)
    body = {"email": "somebody@example.org", "role": "viewer"}
    told = [admin.post("/users", json=body, headers=KEY) for _ in range(2)]
    assert [each.status_code for each in told] == [201, 201]
    assert body_of(told[0]) == body_of(told[1])
    assert count(User) == before + 1


def test_nobody_gets_another_nobody_s_tokens(app: Flask, new_caller: NewCaller) -> None:
    boss = new_caller("admin@example.org", role=Role.ADMIN).user

    def registration(email: str) -> Json:
        secret = invitations.invite(email, role=Role.EDITOR, by=boss)[1]
        return {"email": email, "password": PASSWORD, "invitation": secret}

    def register(body: Json) -> TestResponse:
        return app.test_client().post("/api/v1/auth/register", json=body, headers=KEY)

    one, other = registration("one@example.org"), registration("other@example.org")
    first, theirs, again = register(one), register(other), register(one)
    assert {each.status_code for each in (first, theirs, again)} == {201}
    assert body_of(first) == body_of(again)
    assert body_of(theirs)["user"]["email"] == "other@example.org"
    assert register(one | {"password": "another password"}).status_code in {404, 409}


def test_an_answer_is_forgotten_after_a_week(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SWEPT_ONE_IN", 1)
    path = "/backlinks?as_new=1"
    first = body_of(caller.post(path, json=LINK, headers=KEY))
    caller.post(path, json=LINK, headers={"Idempotency-Key": "mine-2"})
    age(answers.KEPT_FOR)
    assert body_of(caller.post(path, json=LINK, headers=KEY))["id"] != first["id"]
    assert count(KeptAnswer) == 1


def test_an_old_answer_makes_room_without_a_sweep(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SWEPT_ONE_IN", 2**60)
    path = "/backlinks?as_new=1"
    first = body_of(caller.post(path, json=LINK, headers=KEY))
    age(answers.KEPT_FOR)
    assert body_of(caller.post(path, json=LINK, headers=KEY))["id"] != first["id"]


@transaction
def age(by: timedelta) -> None:
    db.session.execute(sa.update(KeptAnswer).values(created_at=clock.now() - by))


def test_an_answer_under_another_secret_can_t_be_read(app: Flask, caller: Caller) -> None:
    caller.post("/backlinks", json=LINK, headers=KEY)
    app.config["SECRET_KEY"] = "another-key-that-is-long-enough"
    refused = caller.post("/backlinks", json=LINK, headers=KEY)
    assert refused.status_code == 409
    assert "SECRET_KEY has changed" in body_of(refused)["detail"]
    assert count(Backlink) == 1


def at_once(number: int, act: Callable[[int], TestResponse]) -> list[TestResponse]:
    start = threading.Barrier(number)

    def begin(place: int) -> TestResponse:
        start.wait()
        return act(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))


def test_twins_at_the_same_moment_make_one(app: Flask, caller: Caller) -> None:
    def send(_place: int) -> TestResponse:
        headers = KEY | {"X-API-Key": caller.key}
        return app.test_client().post("/api/v1/backlinks?as_new=1", json=LINK, headers=headers)

    told = at_once(4, send)
    assert [each.status_code for each in told] == [201] * 4
    assert len({each.text for each in told}) == 1
    assert count(Backlink) == 1


def test_a_twin_that_was_faster_is_waited_for(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on PostgreSQL, where the second finds nothing until the first has committed."""
    first = body_of(caller.post("/backlinks", json=LINK, headers=KEY))
    find, asked = answers.find, list[str]()

    def blind(answer_id: str) -> KeptAnswer | None:
        asked.append(answer_id)
        return None if len(asked) == 1 else find(answer_id)

    monkeypatch.setattr(answers, "find", blind)
    assert body_of(caller.post("/backlinks", json=LINK, headers=KEY)) == first
    assert len(asked) == 2
    monkeypatch.setattr(answers, "find", lambda _answer_id: None)
    assert caller.post("/backlinks", json=LINK, headers=KEY).status_code == 409


def test_jobs_keep_their_keys_for_good(caller: Caller) -> None:
    first = caller.post("/jobs", json=ORDER, headers=KEY)
    assert body_of(caller.post("/jobs", json=ORDER, headers=KEY)) == body_of(first)
    other = caller.post("/jobs", json=ORDER | {"anchor_text": "other"}, headers=KEY)
    assert other.status_code == 409
    assert count(KeptAnswer) == 0
