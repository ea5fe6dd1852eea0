"""What was approved in a batch, taken away by programs: a file, and only what is signed."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from bacowr.accounts import bearers
from bacowr.accounts.places import Place
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.batches import gathering
from bacowr.batches.gathering import Gathered
from bacowr.batches.models import Batch, ReviewItem
from bacowr.batches.review import service
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from tests.api.conftest import Caller, Json, body_of, sign_both
from tests.plugins.gathered import finished
from tests.plugins.orders import Written


@pytest.fixture
def batch(caller: Caller, article: Written) -> Batch:
    """A batch with an approved article that may leave, and an approved job that may not."""
    signed = article(caller.user)
    sign_both(signed, caller.user)
    jobs = [signed.id, finished(caller.user)[0].id]
    made = gathering.gather(Gathered("=Måndag / 1", jobs), owner=caller.user)
    for item_id in db.session.scalars(sa.select(ReviewItem.id)).all():
        service.decide(made, item_id, Choice(Verb.APPROVE, None), by=caller.user)
    return made


def export(caller: Caller, batch: Batch, **more: Json) -> Json:
    answer = caller.post(f"/batches/{batch.id}/export", **more)
    assert answer.status_code == 200, answer.text
    return body_of(answer)


def test_an_export_says_where_its_file_is(caller: Caller, batch: Batch) -> None:
    told = export(caller, batch, json={"export_format": "zip"})
    assert {name: told[name] for name in told if name != "created_at"} == {
        "batch_id": batch.id,
        "total_approved": 2,
        "total_exported": 1,
        "export_format": "zip",
        "download_url": f"/api/v1/batches/{batch.id}/export?format=zip",
    }
    assert told["created_at"]


def test_a_format_has_its_synonyms_and_its_places(caller: Caller, batch: Batch) -> None:
    assert export(caller, batch)["export_format"] == "json"
    assert export(caller, batch, json={"format": "MD"})["export_format"] == "markdown"
    path = f"/batches/{batch.id}/export"
    for query in ("export_format=csv", "format=csv"):
        assert body_of(caller.post(f"{path}?{query}"))["export_format"] == "csv"
    for refused in (
        caller.post(path, json={"export_format": "pdf"}),
        caller.post(f"{path}?export_format=pdf"),
        caller.get(f"{path}?format=../../etc/passwd"),
        caller.post(path, json=[]),
    ):
        assert refused.status_code == 422


@pytest.mark.parametrize(
    ("wanted", "folders"),
    [
        ("zip", {"docx", "html", "md", "index.csv"}),
        ("docx", {"docx", "index.csv"}),
        ("html", {"html", "index.csv"}),
        ("markdown", {"md", "index.csv"}),
    ],
)
def test_an_archive_is_served_to_both_identities(
    caller: Caller, batch: Batch, wanted: str, folders: set[str]
) -> None:
    url = export(caller, batch, json={"export_format": wanted})["download_url"]
    pair = bearers.issue(caller.user, Place())
    for headers in (
        {"X-API-Key": caller.key},
        {"Authorization": f"Bearer {pair.access_token}"},
    ):
        with caller.client.get(url, headers=headers) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "application/zip")
            assert "mandag-1.zip" in answer.headers["Content-Disposition"]
            with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
                assert {name.partition("/")[0] for name in packed.namelist()} == folders
                index = packed.read("index.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(index)))
    assert [bool(row["left_out_because"]) for row in rows] == [False, True]
    assert caller.client.get(url).status_code == 401


def test_a_table_and_json_hold_the_articles(caller: Caller, batch: Batch) -> None:
    path = f"/batches/{batch.id}/export"
    table = caller.get(f"{path}?format=csv")
    assert table.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert [bool(row["article"]) for row in rows] == [True, False]
    answer = caller.get(path)
    assert answer.mimetype == "application/json"
    told = json.loads(answer.data)
    assert (told["batch_id"], told["batch_name"], told["total_approved"]) == (
        batch.id,
        "=Måndag / 1",
        2,
    )
    (item,) = told["items"]
    assert item["article_text"] == rows[0]["article"].replace("\r\n", "\n")
    assert 0 < item["qc_score"] <= 1
    assert [each["reason"] for each in told["left_out"]]
    taken = sa.select(sa.func.count()).where(AuditEvent.action == "job.export")
    assert db.session.scalar(taken) == 2


def test_nothing_leaves_that_is_not_approved_and_signed(caller: Caller) -> None:
    job = finished(caller.user)[0]
    made = gathering.gather(Gathered("Monday", [job.id]), owner=caller.user)
    path = f"/batches/{made.id}/export"
    for answer in (caller.post(path), caller.get(path)):
        assert answer.status_code == 409
        assert "approved yet" in body_of(answer)["detail"]
    item_id = db.session.scalars(sa.select(ReviewItem.id)).one()
    service.decide(made, item_id, Choice(Verb.APPROVE, None), by=caller.user)
    for answer in (caller.post(path), caller.get(f"{path}?format=zip")):
        assert answer.status_code == 409
        assert "may leave" in body_of(answer)["detail"]


def test_no_cell_becomes_a_formula(caller: Caller, article: Written) -> None:
    job = article(caller.user, anchor_text="värmepump")
    sign_both(job, caller.user)
    made = gathering.gather(Gathered("Monday", [job.id]), owner=caller.user)
    item_id = db.session.scalars(sa.select(ReviewItem.id)).one()
    service.decide(made, item_id, Choice(Verb.APPROVE, None), by=caller.user)
    table = caller.get(f"/batches/{made.id}/export?format=csv").data.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(table)):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@"}]
