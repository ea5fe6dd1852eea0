"""A job's article over the API: read, edit, check, decide, sign, take away, write anew."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.jobs.articles import signing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.scores import shown_score
from bacowr.jobs.states import JobStatus, SignoffStep
from tests.api.conftest import (
    Caller,
    Json,
    NewCaller,
    body_of,
    decide_all,
    latest_of,
    sign_both,
)
from tests.plugins.orders import Written

SHA = "0" * 64


@pytest.fixture
def job(article: Written, caller: Caller) -> Job:
    return article(caller.user)


def address(job: Job, below: str = "") -> str:
    return f"/jobs/{job.id}{below}"


def test_a_job_shows_its_article_its_report_and_what_it_used_up(caller: Caller, job: Job) -> None:
    shown = body_of(caller.get(address(job)))
    document = latest_of(job)
    assert shown["article_text"] == document.text
    assert (shown["qc_status"], shown["qc_score"]) == (job.qc_status, shown_score(job.qc_score))
    assert shown["qc_report"]["status"] == "needs_signoff"
    assert shown["qc_report"]["document_id"] == document.id
    assert shown["metrics"]["calls"] == 0
    assert shown["metrics"]["cost"] is None
    package = shown["job_package"]
    assert package["input_minimal"]["anchor_text"] == job.anchor_text
    assert package["publisher_profile"]["domain"]
    assert package["generation_constraints"]["language"] == "sv"
    listed = body_of(caller.get("/jobs"))["items"][0]
    assert (listed["qc_status"], listed["qc_score"]) == (job.qc_status, shown_score(job.qc_score))


def test_calls_are_added_up(caller: Caller, written: Written) -> None:
    job = written(caller.user)
    metrics = body_of(caller.get(address(job)))["metrics"]
    assert metrics["calls"] >= 3
    assert metrics["failed_calls"] == 0
    assert metrics["input_tokens"] > metrics["output_tokens"] > 0
    assert metrics["cost_source"] == "measured"
    assert metrics["cost"] == pytest.approx(job.actual_cost_usd)
    shown = body_of(caller.get(address(job)))
    assert shown["actual_cost"] == job.actual_cost_usd


def test_a_job_without_an_article_says_so(caller: Caller) -> None:
    job_id = caller.order()["id"]
    shown = body_of(caller.get(f"/jobs/{job_id}"))
    nothing = ("article_text", "qc_report", "job_package")
    assert [shown[name] for name in nothing] == [None] * 3
    for below in ("/article", "/qc-report"):
        assert caller.get(f"/jobs/{job_id}{below}").status_code == 404
    signing_shown = body_of(caller.get(f"/jobs/{job_id}/signoffs"))
    assert (signing_shown["version_id"], signing_shown["signoffs"]) == (None, [])
    assert body_of(caller.get(f"/jobs/{job_id}/versions"))["items"] == []
    for below in ("/export", "/export?format=docx"):
        assert caller.get(f"/jobs/{job_id}{below}").status_code == 409
    refused = caller.post(f"/jobs/{job_id}/check", json={"article": "# A\n"})
    assert "isn't known" in body_of(refused)["detail"]


def test_the_article_is_read_and_edited(caller: Caller, job: Job) -> None:
    answer = caller.get(address(job, "/article"))
    shown = body_of(answer)
    assert {"job_id", "article", "created_at"} <= set(shown)
    assert (shown["job_id"], shown["article"]) == (job.id, latest_of(job).text)
    etag = answer.headers["ETag"]
    assert etag == f'"{shown["version_id"]}"'
    text = shown["article"] + "\nEn rad till.\n"
    sent: Json = {"article": text, "note": "En rad."}
    edited = caller.send("PUT", address(job, "/article"), json=sent, headers={"If-Match": etag})
    assert edited.status_code == 200, edited.text
    assert body_of(edited)["article"] == text
    assert body_of(edited)["author"] == caller.user.email
    assert edited.headers["ETag"] != etag
    listed = body_of(caller.get(address(job, "/versions")))["items"]
    assert [each["version"] for each in listed] == [1, 2]
    assert listed[1]["parent_id"] == shown["version_id"]
    assert listed[1]["note"] == "En rad."
    assert "article" not in listed[0]


def test_a_stale_edit_is_a_conflict_and_stores_nothing(caller: Caller, job: Job) -> None:
    base = latest_of(job).id
    path = address(job, "/article")
    body: Json = {"article": "# A\n\nText.\n", "base_version_id": base}
    assert caller.send("PUT", path, json=body).status_code == 200
    for again in (
        {"article": "# B\n", "base_version_id": base},
        {"article": "# B\n"},
        {"article": "# B\n", "base_version_id": None},
    ):
        refused = caller.send("PUT", path, json=again)
        assert refused.status_code == 409
        assert "later version" in body_of(refused)["detail"]
    stale = caller.send("PUT", path, json={"article": "# B\n"}, headers={"If-Match": f'"{base}"'})
    assert stale.status_code == 409
    both = caller.send("PUT", path, json=body, headers={"If-Match": '"another"'})
    assert both.status_code == 422
    assert len(versions.of(job)) == 2


BAD_BODIES: list[tuple[str, str, Json, str]] = [
    ("PUT", "/article", {}, "article"),
    ("PUT", "/article", {"article": ""}, "article"),
    ("PUT", "/article", {"article": "x" * 60_001}, "article"),
    ("PUT", "/article", {"article": "# A", "note": "a\u0000b"}, "note"),
    ("POST", "/check", {"article": 7}, "article"),
    ("POST", "/findings/x", {"decision": "maybe"}, "decision"),
    ("POST", "/findings/x", {"decision": "ignored", "reason": "\u0000"}, "reason"),
    ("POST", "/signoffs", {"step": "third"}, "step"),
    ("POST", "/regenerate", {"note": "x" * 501}, "note"),
    ("POST", "/regenerate", {"note": "\u0000"}, "note"),
]


def test_bodies_that_can_not_be_taken_change_nothing(caller: Caller, job: Job) -> None:
    for method, below, body, field in BAD_BODIES:
        answer = caller.send(method, address(job, below), json=body)
        assert answer.status_code == 422, (below, body)
        assert field in body_of(answer)["errors"], (below, body)
    assert len(versions.of(job)) == 1
    assert job.status is JobStatus.BLOCKED


def test_a_text_is_checked_and_nothing_is_stored(caller: Caller, job: Job) -> None:
    before = (job.version, len(versions.of(job)))
    report = body_of(caller.post(address(job, "/check"), json={"article": "# Kort\n\nText.\n"}))
    assert report["status"] == "blocked"
    assert report["document_id"] is None
    same = body_of(caller.post(address(job, "/check"), json={"article": latest_of(job).text}))
    stored = body_of(caller.get(address(job, "/qc-report")))
    assert same["article_sha256"] == stored["article_sha256"]
    assert same["status"] == stored["status"]
    db.session.expire_all()
    assert (job.version, len(versions.of(job))) == before


def test_findings_are_decided_and_the_decision_taken_back(caller: Caller, job: Job) -> None:
    waiting = body_of(caller.get(address(job, "/signoffs")))["undecided"]
    assert waiting
    path = address(job, f"/findings/{waiting[0]}")
    assert caller.post(path, json={"decision": "ignored"}).status_code == 422
    said = {"decision": "ignored", "reason": "I looked it up."}
    report = body_of(caller.post(path, json=said))
    decided = {
        each["key"]: each["decision"] for check in report["checks"] for each in check["findings"]
    }
    assert decided[waiting[0]] == "ignored"
    assert waiting[0] not in body_of(caller.get(address(job, "/signoffs")))["undecided"]
    assert caller.post(path, json={"decision": "undecided"}).status_code == 200
    assert waiting[0] in body_of(caller.get(address(job, "/signoffs")))["undecided"]
    assert caller.post(address(job, "/findings/none"), json=said).status_code == 404


def test_both_steps_are_signed_and_an_edit_voids_them(caller: Caller, job: Job) -> None:
    decide_all(job, caller.user)
    path = address(job, "/signoffs")
    shown = body_of(caller.get(path))
    for step in SignoffStep:
        answers = {each["key"]: True for each in shown["checklists"][step]}
        said: Json = {
            "step": step,
            "version_id": shown["version_id"],
            "diff_sha256": shown["diff_sha256"],
            "answers": answers,
            "seconds_spent": 90,
        }
        wrongs: list[Json] = [{"diff_sha256": SHA}, {"answers": {}}, {"seconds_spent": -1}]
        for wrong in wrongs:
            assert caller.post(path, json=said | wrong).status_code == 422
        assert caller.post(path, json=said | {"version_id": "other"}).status_code == 409
        signed = caller.post(path, json=said)
        assert signed.status_code == 201, signed.text
        assert caller.user.email in body_of(signed)["signer"]
        assert caller.post(path, json=said).status_code == 409
    after = body_of(caller.get(path))
    assert after["is_signed"]
    assert len(after["signoffs"]) == 2
    assert body_of(caller.get(address(job)))["status"] == "delivered"
    edit = {"article": latest_of(job).text + "\nMer.\n", "base_version_id": shown["version_id"]}
    assert caller.send("PUT", address(job, "/article"), json=edit).status_code == 200
    assert not body_of(caller.get(path))["is_signed"]
    assert caller.get(address(job, "/export")).status_code == 409


def test_only_a_signed_article_leaves_in_every_format(caller: Caller, job: Job) -> None:
    refused = caller.get(address(job, "/export"))
    assert refused.status_code == 409
    assert "signed" in body_of(refused)["detail"]
    sign_both(job, caller.user)
    kinds = {
        "markdown": ("text/markdown", ".md"),
        "html": ("text/html", ".html"),
        "docx": ("application/vnd.openxmlformats-officedocument", ".docx"),
        "json": ("application/json", ".json"),
    }
    for name, (media, ending) in kinds.items():
        answer = caller.get(address(job, f"/export?format={name}"))
        assert answer.status_code == 200
        assert answer.content_type.startswith(media)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert ending in answer.headers["Content-Disposition"]
        assert answer.data
    assert caller.get(address(job, "/export")).content_type.startswith("text/markdown")
    document = caller.get(address(job, "/export?format=docx")).data
    assert zipfile.ZipFile(io.BytesIO(document)).testzip() is None
    evidence = json.loads(caller.get(address(job, "/export?format=json")).text)["evidence"]
    assert len(evidence["signatures"]) == 2
    assert caller.get(address(job, "/export?format=pdf")).status_code == 422
    taken = db.session.query(AuditEvent).filter_by(action="job.export").count()
    assert taken == 7


def test_a_job_is_sent_back_with_a_wish(caller: Caller, job: Job) -> None:
    sign_both(job, caller.user)
    answer = caller.post(address(job, "/regenerate"), json={"note": " Kortare  meningar. "})
    assert (answer.status_code, body_of(answer)["status"]) == (202, "pending")
    log = body_of(caller.get(address(job, "/execution-log")))
    assert log["job_id"] == job.id
    assert log["log_entries"][-1]["type"] == "sent_back"
    assert log["log_entries"][-1]["data"]["wish"] == "Kortare meningar."
    assert not signing.is_signed(job)
    assert caller.post(address(job, "/regenerate"), json={}).status_code == 409
    edit = {"article": "# A\n", "base_version_id": latest_of(job).id}
    assert caller.send("PUT", address(job, "/article"), json=edit).status_code == 409


READS = ["/article", "/versions", "/qc-report", "/execution-log", "/signoffs", "/export"]
SIGNATURE = {"step": "facts", "version_id": "x", "diff_sha256": SHA, "answers": {}}
WRITES: list[tuple[str, str, Json]] = [
    ("PUT", "/article", {"article": "# A\n"}),
    ("POST", "/check", {"article": "# A\n"}),
    ("POST", "/findings/x", {"decision": "accepted"}),
    ("POST", "/signoffs", SIGNATURE),
    ("POST", "/regenerate", {}),
]


def test_another_person_s_article_is_not_found(new_caller: NewCaller, article: Written) -> None:
    owner = new_caller("owner@example.org")
    job = article(owner.user)
    sign_both(job, owner.user)
    stranger = new_caller("stranger@example.org", role=Role.ADMIN)
    asked = [("GET", below, None) for below in READS] + WRITES
    for method, below, body in asked:
        answer = stranger.send(method, address(job, below), json=body)
        missing = stranger.send(method, f"/jobs/none{below}", json=body)
        assert answer.status_code == missing.status_code == 404, below
        assert body_of(answer)["detail"] == "There is no such job.", below
    assert job.status is JobStatus.DELIVERED
    assert len(versions.of(job)) == 1


def test_a_viewer_reads_an_article_and_changes_nothing(
    new_caller: NewCaller, article: Written
) -> None:
    viewer = new_caller(role=Role.VIEWER)
    job = article(viewer.user)
    for below in READS:
        assert viewer.get(address(job, below)).status_code in {200, 409}, below
    for method, below, body in WRITES:
        refused = viewer.send(method, address(job, below), json=body)
        assert refused.status_code == 403, below
    assert len(versions.of(job)) == 1
    assert job.status is JobStatus.BLOCKED


def test_nobody_gets_at_an_article_without_a_key(caller: Caller, job: Job) -> None:
    for method, below, body in [("GET", each, None) for each in READS] + WRITES:
        answer = caller.client.open(f"/api/v1{address(job, below)}", method=method, json=body)
        assert answer.status_code == 401, below
