"""Many orders brought by programs: a dry run, choices, and a confirmation that works once."""

from __future__ import annotations

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.batches.models import Batch
from bacowr.intake.models import ImportRun
from bacowr.jobs.models import Job
from tests.api.conftest import ORDER, PUBLISHER, TARGET, Caller, Json, NewCaller, body_of

ROWS = [ORDER | {"anchor_text": f"anchor {each}"} for each in range(3)]
FAULTY = {"Domain": PUBLISHER, "target": "", "Anchor": "x"}


def bring(caller: Caller, **body: Json) -> Json:
    answer = caller.post("/batches/imports", json=body)
    assert answer.status_code == 201, answer.text
    told = body_of(answer)
    assert answer.location == f"/api/v1/batches/imports/{told['id']}"
    return told


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_rows_are_looked_over_and_nothing_is_ordered(caller: Caller) -> None:
    told = bring(caller, name="monday", jobs=[*ROWS, ROWS[0], ORDER | {"target_url": ""}])
    assert (told["rows"], told["taken"], told["faulty"], told["status"]) == (5, 3, 1, "open")
    assert told["duplicates"] == [{"row": 4, "detail": "Row 1 is the same."}]
    (fault,) = told["faults"]
    assert (fault["row"], fault["column"]) == (5, "target_url")
    assert fault["fix"]
    assert told["columns"]["anchor_text"] == "anchor_text"
    assert count(Job) == count(Batch) == 0
    assert body_of(caller.get(f"/batches/imports/{told['id']}")) == told | {"is_known": False}


def test_pasted_text_is_taken_too(caller: Caller) -> None:
    told = bring(caller, text=f"Domain;target;Anchor\n{PUBLISHER};{TARGET};läs mer\n")
    assert (told["rows"], told["taken"]) == (1, 1)
    assert told["columns"] == {
        "Domain": "publisher_domain",
        "target": "target_url",
        "Anchor": "anchor_text",
    }


def test_the_same_rows_again_are_the_import_that_exists(caller: Caller) -> None:
    first, again = bring(caller, jobs=ROWS), bring(caller, jobs=ROWS)
    assert (again["id"], first["is_known"], again["is_known"]) == (first["id"], False, True)
    assert count(ImportRun) == 1


def test_a_confirmed_import_is_a_batch_and_only_one(caller: Caller) -> None:
    told = bring(caller, jobs=[*ROWS, ROWS[0]])
    path = f"/batches/imports/{told['id']}"
    chosen = body_of(caller.post(f"{path}/rows", json={"take": [4], "skip": [1, 2]}))
    assert chosen["taken"] == 2
    answer = caller.post(
        f"{path}/start",
        json={
            "name": "Tonight",
            "parallel": 2,
            "cap_usd": 5,
            "start_at": "tonight",
            "time_zone": "Europe/Oslo",
        },
    )
    batch = body_of(answer)
    assert answer.location == f"/api/v1/batches/{batch['id']}"
    assert (batch["total_items"], batch["parallel"], batch["cap_usd"]) == (2, 2, 5.0)
    assert batch["start_at"]
    assert count(Job) == 2
    assert caller.post(f"{path}/start", json={"name": "Again"}).status_code == 409
    assert caller.post(f"{path}/rows", json={"skip": [1]}).status_code == 409
    assert caller.send("DELETE", path).status_code == 409
    assert body_of(caller.get(path))["batch_id"] == batch["id"]


def test_a_start_that_is_sent_twice_with_a_key_is_one(caller: Caller) -> None:
    path = f"/batches/imports/{bring(caller, jobs=ROWS)['id']}/start"
    key = {"Idempotency-Key": "tonight"}
    first, again = (caller.post(path, json={"name": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(first)["id"] == body_of(again)["id"]
    assert count(Batch) == 1


def test_what_can_t_be_started_is_refused_by_its_name(caller: Caller) -> None:
    path = f"/batches/imports/{bring(caller, jobs=ROWS)['id']}/start"
    for field, value in {
        "name": "",
        "parallel": 0,
        "starts_per_minute": 601,
        "cap_usd": -1,
        "start_at": "yesterday",
        "time_zone": "Nowhere",
    }.items():
        body = {"name": "x", "start_at": "tonight"} | {field: value}
        refused = caller.post(path, json=body)
        assert refused.status_code == 422, field
        assert field in body_of(refused)["errors"]
    assert count(Batch) == 0


def test_nothing_is_started_of_faults_alone(caller: Caller) -> None:
    path = f"/batches/imports/{bring(caller, jobs=[FAULTY])['id']}"
    assert caller.post(f"{path}/start", json={"name": "x"}).status_code == 422
    assert caller.send("DELETE", path).status_code == 204
    assert bring(caller, jobs=[FAULTY])["is_known"] is False


def test_what_is_no_table_is_refused(caller: Caller) -> None:
    many = "\n".join(["Domain;target;Anchor", *(f"{PUBLISHER};{TARGET};a{n}" for n in range(1001))])
    bodies: list[Json] = [
        {},
        {"jobs": ROWS, "text": "x"},
        {"jobs": []},
        {"jobs": ["x"]},
        {"jobs": ROWS * 334},
        {"text": ""},
        {"text": many},
    ]
    for body in bodies:
        assert caller.post("/batches/imports", json=body).status_code == 422, str(body)[:80]
    assert count(Job) == 0


def test_another_s_import_is_not_found(caller: Caller, new_caller: NewCaller) -> None:
    path = f"/batches/imports/{bring(caller, jobs=ROWS)['id']}"
    other = new_caller("other@example.org")
    for answer in (
        other.get(path),
        other.send("DELETE", path),
        other.post(f"{path}/start", json={"name": "x"}),
        other.post(f"{path}/rows", json={}),
    ):
        assert answer.status_code == 404
