"""Following a job as it happens: what is told, who may, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from bacowr.accounts import people
from bacowr.accounts import service as accounts
from bacowr.accounts.models import UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.service import KeyLimits
from bacowr.api import events
from bacowr.api.events import EVENT_STREAM, Streams
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.engine import pipeline
from bacowr.engine.steps.step import Stage
from bacowr.jobs import queries, service, telling
from bacowr.jobs.models import JobEvent
from bacowr.jobs.outcome import Outcome
from tests.api.conftest import Caller, Json, NewCaller, body_of

DELIVERED = Outcome(())


@pytest.fixture
def streams(app: Flask) -> Streams:
    """Streams that look often, so that no test waits."""
    app.extensions[events.EXTENSION] = made = Streams(poll_seconds=0.01, heartbeat_seconds=0.0)
    return made


def follow(caller: Caller, job_id: str, **more: Json) -> TestResponse:
    return caller.get(f"/ws/jobs/{job_id}", **more)


def pieces(answer: TestResponse) -> Iterator[dict[str, Any]]:
    """Give what a stream tells, without its heartbeats."""
    for piece in answer.response:
        text = piece.decode() if isinstance(piece, bytes) else piece
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if line[0] != ":")
        if "data" in lines:
            yield lines | {"data": json.loads(lines["data"])}


def test_a_job_is_told_from_where_it_stands_to_its_end(caller: Caller, streams: Streams) -> None:
    job_id = caller.order()["id"]
    answer = follow(caller, job_id)
    assert answer.status_code == 200
    assert answer.mimetype == EVENT_STREAM
    assert answer.headers["X-Accel-Buffering"] == "no"
    told = pieces(answer)
    first = next(told)
    assert (first["id"], first["event"]) == ("1", "job:update")
    assert set(first["data"]) == {"job_id", "status", "progress", "message", "timestamp"}
    assert first["data"]["status"] == "pending"

    lease = service.claim(job_id, worker="w1", seconds=30)
    assert lease is not None
    service.start_step(lease, Stage.RECEIVE, input_hash="0" * 64)
    service.finish_step(lease, Stage.RECEIVE, {})
    seen = [next(told) for _ in range(3)]
    assert [each["id"] for each in seen] == ["2", "3", "4"]
    assert [each["data"]["progress"] for each in seen] == [0, 0, 100 // len(pipeline.STEPS)]
    assert seen[2]["data"]["message"] == "The step receive is done."

    service.finish(lease, DELIVERED)
    rest = list(told)
    assert [each["event"] for each in rest] == ["job:completed"]
    assert rest[0]["data"]["progress"] == 100
    answer.close()
    assert streams._open.total() == 0


def test_a_client_goes_on_where_it_was_and_is_told_when_there_is_no_more(
    caller: Caller, streams: Streams
) -> None:
    del streams
    job_id = caller.order()["id"]
    caller.post(f"/jobs/{job_id}/cancel")
    caller.post(f"/jobs/{job_id}/retry")
    caller.post(f"/jobs/{job_id}/cancel")
    again = follow(caller, job_id, headers={"Last-Event-ID": "1"})
    assert [each["event"] for each in pieces(again)] == ["job:error", "job:update", "job:error"]
    assert follow(caller, job_id, headers={"Last-Event-ID": "4"}).status_code == 204
    strange = follow(caller, job_id, headers={"Last-Event-ID": "a lot"})
    assert [each["id"] for each in pieces(strange)] == ["4"]


def test_the_same_address_lists_or_streams_as_it_is_asked(caller: Caller, streams: Streams) -> None:
    del streams
    job_id = caller.order()["id"]
    listed = body_of(caller.get(f"/jobs/{job_id}/events"))
    assert [each["type"] for each in listed["items"]] == ["created"]
    caller.post(f"/jobs/{job_id}/cancel")
    answer = caller.get(f"/jobs/{job_id}/events", headers={"Accept": EVENT_STREAM})
    assert [each["event"] for each in pieces(answer)] == ["job:error"]


def test_no_connection_is_held_between_two_looks(caller: Caller, streams: Streams) -> None:
    del streams
    answer = follow(caller, caller.order()["id"])
    next(pieces(answer))
    db.session.close()
    pool: Any = db.engine.pool
    before = pool.checkedout()
    for _ in range(3):
        assert next(iter(answer.response))
        assert pool.checkedout() == before
    answer.close()


def test_only_so_many_are_open_and_a_closed_one_makes_room(
    caller: Caller, new_caller: NewCaller, streams: Streams
) -> None:
    job_id = caller.order()["id"]
    own = [follow(caller, job_id) for _ in range(streams.most_of_one)]
    refused = follow(caller, job_id)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    other = new_caller("other@example.org")
    others = [follow(other, other.order()["id"]) for _ in range(streams.most_of_one)]
    third = new_caller("third@example.org")
    assert follow(third, third.order()["id"]).status_code == 429
    assert caller.send("HEAD", f"/ws/jobs/{job_id}").status_code == 429
    own.pop().close()
    with caller.send("HEAD", f"/ws/jobs/{job_id}") as asked:
        assert asked.status_code == 200
    again = follow(caller, job_id)
    assert again.status_code == 200
    for each in (*own, *others, again):
        each.close()
    assert streams._open.total() == 0


def test_it_ends_after_a_while_and_says_that_it_is_there_meanwhile(
    app: Flask, caller: Caller
) -> None:
    app.extensions[events.EXTENSION] = Streams(
        poll_seconds=0.01, heartbeat_seconds=0.0, lifetime_seconds=0.2
    )
    text = follow(caller, caller.order()["id"]).text
    assert text.startswith("retry: 3000\n\n")
    assert ": still here\n\n" in text


def test_it_ends_when_the_person_is_barred_or_the_job_deleted(
    caller: Caller, new_caller: NewCaller, streams: Streams
) -> None:
    del streams
    admin = new_caller("admin@example.org", role=Role.ADMIN)
    job_id, other_id = caller.order()["id"], admin.order()["id"]
    barred, gone = pieces(follow(caller, job_id)), pieces(follow(admin, other_id))
    next(barred)
    next(gone)
    people.set_status(caller.user, UserStatus.SUSPENDED, by=admin.user)
    assert list(barred) == []
    admin.send("DELETE", f"/jobs/{other_id}")
    assert list(gone) == []


def test_what_an_older_version_kept_no_history_of_is_told_as_it_stands(
    caller: Caller, streams: Streams
) -> None:
    del streams
    job_id = caller.order()["id"]
    caller.post(f"/jobs/{job_id}/cancel")
    _forget(job_id)
    [only] = pieces(follow(caller, job_id))
    assert (only["id"], only["data"]["message"]) == ("1", "It is canceled.")
    assert follow(caller, job_id, headers={"Last-Event-ID": "1"}).status_code == 204


@transaction
def _forget(job_id: str) -> None:
    db.session.execute(sa.delete(JobEvent).where(JobEvent.job_id == job_id))


def test_progress_goes_back_when_it_is_written_anew(caller: Caller) -> None:
    job_id = caller.order()["id"]
    lease = service.claim(job_id, worker="w1", seconds=30)
    assert lease is not None
    for step in pipeline.STEPS:
        service.start_step(lease, step.name, input_hash="0" * 64)
        service.finish_step(lease, step.name, {})
    service.finish(lease, DELIVERED)
    job = queries.get(job_id, owner=caller.user)
    service.send_back(job, by=caller.user)
    kept = len(pipeline.STEPS) - len(pipeline.FROM_WRITING)
    assert telling.all_of(job_id)[-1].progress == 100 * kept // len(pipeline.STEPS)


def ticket_of(caller: Caller, job_id: str) -> Json:
    answer = caller.post(f"/jobs/{job_id}/events/ticket")
    assert answer.status_code == 201
    return body_of(answer)


def test_a_ticket_opens_one_stream_without_a_header(
    app: Flask, caller: Caller, streams: Streams
) -> None:
    del streams
    job_id, other_id = caller.order()["id"], caller.order(anchor_text="other")["id"]
    given = ticket_of(caller, job_id)
    plain = app.test_client()
    with plain.get(given["url"]) as opened:
        assert opened.status_code == 200
    with plain.get(
        f"/api/v1/jobs/{job_id}/events?ticket={given['ticket']}", headers={"Accept": EVENT_STREAM}
    ) as opened:
        assert opened.status_code == 200
    for path in (f"/ws/jobs/{other_id}", f"/jobs/{job_id}", "/jobs"):
        answer = plain.get(f"/api/v1{path}?ticket={given['ticket']}")
        assert answer.status_code == 401
    assert plain.post(f"/api/v1/jobs/{job_id}/cancel?ticket={given['ticket']}").status_code == 401
    assert plain.get(f"/api/v1/ws/jobs/{job_id}?ticket=made-up").status_code == 401


def test_a_ticket_ends_after_a_minute_and_with_its_person(
    app: Flask, caller: Caller, new_caller: NewCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = new_caller("admin@example.org", role=Role.ADMIN)
    job_id = caller.order()["id"]
    given, later = ticket_of(caller, job_id), clock.now() + timedelta(seconds=61)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert app.test_client().get(given["url"]).status_code == 401
    people.set_status(caller.user, UserStatus.SUSPENDED, by=admin.user)
    assert app.test_client().get(given["url"]).status_code == 401


def test_a_ticket_goes_no_further_than_the_key_that_asked(app: Flask, caller: Caller) -> None:
    job_id = caller.order()["id"]
    _, narrow = accounts.issue_key(
        caller.user, name="narrow", by=caller.user, limits=KeyLimits(("watch:read",), None)
    )
    answer = caller.post(f"/jobs/{job_id}/events/ticket", headers={"X-API-Key": narrow})
    assert answer.status_code == 403
    assert app.test_client().get(f"/api/v1/ws/jobs/{job_id}").status_code == 401


def test_another_s_job_is_not_followed(
    caller: Caller, new_caller: NewCaller, streams: Streams
) -> None:
    stranger = new_caller("stranger@example.org")
    job_id = caller.order()["id"]
    assert follow(stranger, job_id).status_code == 404
    assert stranger.post(f"/jobs/{job_id}/events/ticket").status_code == 404
    assert streams._open.total() == 0
