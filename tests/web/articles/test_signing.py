"""Signing in two steps, what voids it, and what may leave the house after it."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db, transaction
from bacowr.jobs.articles import editing, signing
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, JobStatus, SignoffStep
from tests.web.articles.conftest import latest, undecided
from tests.web.conftest import Browser


@pytest.fixture
def decided(job: Job, editor: User) -> Job:
    """The order, with every finding accepted."""
    for key in undecided(job):
        editing.decide(job, key, Decision.ACCEPTED, reason=None, by=editor)
    return job


def form_of(browser: Browser, job: Job, step: SignoffStep, **changes: str) -> dict[str, str]:
    """Fill in the form that the page shows, with every question answered."""
    page = browser.get(f"/jobs/{job.id}?view=sign").text
    found = re.search(rf'id="sign-{step}">.*?</form>', page, re.DOTALL)
    assert found
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[0]))
    answers = {each.key: "yes" for each in signing.checklist(step)}
    return fields | answers | {"seconds": "95"} | changes


def sign(browser: Browser, job: Job) -> None:
    for step in SignoffStep:
        answer = browser.post(f"/jobs/{job.id}/sign", form_of(browser, job, step))
        assert answer.location == f"/jobs/{job.id}?view=sign"


def test_nobody_signs_before_every_finding_is_decided(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}?view=sign").text
    assert "1 finding waits for a decision." in page
    form = form_of(browser, job, SignoffStep.FACTS)
    assert browser.post(f"/jobs/{job.id}/sign", form).status_code == 409
    assert signing.of(job) == []


def test_two_signatures_deliver_the_order(browser: Browser, decided: Job) -> None:
    first = form_of(browser, decided, SignoffStep.FACTS)
    sign(browser, decided)
    page = browser.get(f"/jobs/{decided.id}?view=sign").text
    assert page.count("signed by editor@example.org") == 2
    assert "after 1 min 35 s" in page
    assert "The article can be exported." in page
    db.session.expire_all()
    assert decided.status is JobStatus.DELIVERED
    assert browser.post(f"/jobs/{decided.id}/sign", first).status_code == 409


def test_a_checklist_that_is_not_complete_is_shown_again(browser: Browser, decided: Job) -> None:
    form = form_of(browser, decided, SignoffStep.FACTS)
    del form["claims"]
    answer = browser.post(f"/jobs/{decided.id}/sign", form)
    assert answer.status_code == 422
    assert 'id="fault-facts-claims"' in answer.text
    assert 'id="fault-facts-read"' not in answer.text
    assert re.search(r'name="read" value="yes" checked', answer.text)


def test_the_difference_must_be_the_one_that_was_shown(browser: Browser, decided: Job) -> None:
    form = form_of(browser, decided, SignoffStep.FACTS, diff="0" * 64)
    answer = browser.post(f"/jobs/{decided.id}/sign", form)
    assert answer.status_code == 422
    assert "is not the one that was shown" in answer.text


def test_a_step_must_be_one(browser: Browser, decided: Job) -> None:
    assert browser.post(f"/jobs/{decided.id}/sign", {"step": "third"}).status_code == 422


def test_an_edit_voids_what_was_signed(browser: Browser, decided: Job, editor: User) -> None:
    sign(browser, decided)
    base = latest(decided)
    editing.save(decided, base.text + "\nEtt till.\n", base_id=base.id, by=editor)
    page = browser.get(f"/jobs/{decided.id}?view=sign").text
    assert page.count("Void: Version 2 was saved.") == 2
    assert "not signed yet" in page
    assert "What was changed since the first draft" in page
    assert re.search(r"<ins>[^<]*Ett till", page)
    assert browser.get(f"/jobs/{decided.id}/article.md").status_code == 409


@pytest.mark.parametrize("ending", ["md", "html", "docx", "json"])
def test_a_signed_article_leaves_in_every_format(
    browser: Browser, decided: Job, ending: str
) -> None:
    address = f"/jobs/{decided.id}/article.{ending}"
    refused = browser.get(address)
    assert refused.status_code == 409
    assert "when both steps of the sign-off are signed" in refused.text
    sign(browser, decided)
    assert f'href="{address}"' in browser.get(f"/jobs/{decided.id}").text
    answer = browser.get(address)
    assert answer.status_code == 200
    named = answer.headers["Content-Disposition"]
    assert named.startswith(
        "attachment; filename=utkast-ai-claude-sonnet-4-5-hemochhushall.example"
    )
    assert named.endswith(f".{ending}")
    if ending == "docx":
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    else:
        assert "Annons" in answer.text
        assert "varmebutiken.example" in answer.text
    if ending == "json":
        evidence = json.loads(answer.text)["evidence"]
        assert [each["signer"] for each in evidence["signatures"]] == ["editor@example.org"] * 2
        assert evidence["decisions"][0]["decision"] == "accepted"
        assert evidence["report"]["checks"]
        assert evidence["sources"]
    told = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "job.export"))
    assert [each.data for each in told] == [{"kind": "article", "format": ending}]


def test_what_came_of_sample_pages_never_leaves(browser: Browser, decided: Job) -> None:
    sign(browser, decided)
    mark_demo(decided)
    answer = browser.get(f"/jobs/{decided.id}/article.md")
    assert answer.status_code == 409
    assert "sample pages" in answer.text
    assert browser.get(f"/jobs/{decided.id}/brief.md").status_code == 409


@transaction
def mark_demo(job: Job) -> None:
    db.session.execute(sa.update(Job).where(Job.id == job.id).values(is_demo=True))
    db.session.expire_all()


@pytest.mark.parametrize("ending", ["md", "html", "docx"])
def test_a_brief_leaves_at_any_time(browser: Browser, job: Job, ending: str) -> None:
    answer = browser.get(f"/jobs/{job.id}/brief.{ending}")
    assert answer.status_code == 200
    assert f"underlag-hemochhushall.example.{ending}" in answer.headers["Content-Disposition"]
    told = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "job.export")).one()
    assert told.data["kind"] == "brief"


def test_there_is_no_other_file(browser: Browser, job: Job) -> None:
    assert browser.get(f"/jobs/{job.id}/brief.json").status_code == 422
    assert browser.get(f"/jobs/{job.id}/ai_draft.md").status_code == 404
    assert browser.get(f"/jobs/{job.id}/human_text.md").status_code == 404
    assert browser.get(f"/jobs/{job.id}/article.exe").status_code == 404
