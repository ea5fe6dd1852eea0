"""Limits: the one too many is refused by whichever process; the next window is new."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bacowr.accounts import rates, service
from bacowr.gate.limits import LIMITS, Bucket, Limit, Limits
from config import Settings
from tests.plugins.application import NewUser

MINUTE = 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, rate_limits=True)


Process = Callable[[], Limits]


@pytest.mark.parametrize("bucket", list(Bucket))
def test_as_many_as_the_limit_pass(app: Flask, bucket: Bucket) -> None:
    del app
    process, limit = Limits(), LIMITS[bucket].requests
    left = [process.take(bucket, "key:a", now=1000.0)[0] for _ in range(limit + 3)]
    assert left[:limit] == list(range(limit - 1, -1, -1))
    assert max(left[limit:]) < 0
    assert process.take(bucket, "key:b", now=1000.0)[0] == limit - 1, "Another's count is another."


def test_the_next_window_begins_anew(app: Flask) -> None:
    del app
    process = Limits()
    for _ in range(6):
        left, seconds = process.take(Bucket.LOGIN, "address:a", now=1019.0)
    assert (left, seconds) == (-1, 1)
    assert process.take(Bucket.LOGIN, "address:a", now=1020.0) == (4, 60)


def test_two_processes_count_together(app: Flask) -> None:
    del app
    one, two = Limits(), Limits()
    passed = sum(
        each.take(Bucket.LOGIN, "address:a", now=1000.0)[0] >= 0 for each in (one, two) * 5
    )
    assert passed == LIMITS[Bucket.LOGIN].requests, "Guesses are counted exactly."
    passed = sum(each.take(Bucket.LISTS, "key:a", now=1000.0)[0] >= 0 for each in (one, two) * 100)
    limit = LIMITS[Bucket.LISTS].requests
    assert limit <= passed <= limit + limit // 10


def test_a_limit_costs_a_tenth_of_its_writes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    told: list[int] = []
    add = rates.add

    def noted(*args: str, window: int, requests: int) -> int:
        told.append(requests)
        return add(*args, window=window, requests=requests)

    monkeypatch.setattr(rates, "add", noted)
    process = Limits(limits={Bucket.LISTS: Limit(1000, MINUTE)})
    for _ in range(500):
        process.take(Bucket.LISTS, "key:a", now=1000.0)
    assert len(told) <= 6
    assert sum(told) <= 500


def test_old_counts_are_swept(app: Flask) -> None:
    del app
    rates.add("login", "address:a", window=0, requests=3)
    rates.add("login", "address:b", window=600, requests=3)
    rates.sweep(before=600)
    assert rates.add("login", "address:a", window=0, requests=1) == 1
    assert rates.add("login", "address:b", window=600, requests=1) == 4


def test_the_sixth_sign_in_of_a_minute_waits(client: FlaskClient, new_user: NewUser) -> None:
    new_user()
    wrong = {"email": "editor@example.org", "password": "wrong password"}
    answers = [client.post("/api/v1/auth/login", json=wrong) for _ in range(12)]
    statuses = [each.status_code for each in answers]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 10, "Two windows at most."
    refused = next(each for each in answers if each.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Limit"] == "5"
    assert refused.headers["RateLimit-Remaining"] == "0"


def test_each_key_is_counted_by_itself_and_pages_are_not(
    client: FlaskClient, new_user: NewUser
) -> None:
    user = new_user()
    keys = [service.issue_key(user, name=name, by=user)[1] for name in "ab"]
    left = [
        client.get("/api/v1/jobs", headers={"X-API-Key": key}).headers["RateLimit-Remaining"]
        for key in keys
    ]
    assert left == ["99", "99"]
    assert "RateLimit-Limit" not in client.get("/sign-in").headers
