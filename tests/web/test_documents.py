import copy

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from bacowr.base.db import db, transaction
from bacowr.engine.outcome import BlockReason
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.jobs.texts import Document
from tests.web.conftest import Browser, Json

EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def real(delivered: Job) -> Job:
    """An order that has run, as if on pages of real sites."""
    mark_real(delivered)
    return delivered


@transaction
def mark_real(job: Job) -> None:
    db.session.execute(sa.update(Job).where(Job.id == job.id).values(is_demo=False))
    db.session.refresh(job)


@transaction
def spoil(job: Job, **changes: Json) -> None:
    """Change parts of the order's brief, as a later or a hostile page might have made them."""
    document = db.session.scalars(
        sa.select(Document).where(Document.job_id == job.id, Document.kind == "brief")
    ).one()
    document.data = copy.deepcopy(document.data) | changes
    flag_modified(document, "data")


@transaction
def drop_brief(job: Job) -> None:
    db.session.execute(
        sa.delete(Document).where(Document.job_id == job.id, Document.kind == "brief")
    )


@transaction
def block(job: Job) -> None:
    job.status, job.block_reason = JobStatus.BLOCKED, BlockReason.TARGET_HTTP


def test_the_brief_reads_like_a_document(browser: Browser, real: Job) -> None:
    page = browser.get(f"/jobs/{real.id}").text
    for words in (
        "Ingen språkmodell är ansluten.",
        "Underlag för en artikel på",
        "Rubrikförslag",
        "Disposition",
        "Ankarplan",
        "Citatbank",
        "Siffror och datum",
        "Frågor att besvara",
        "Vad som inte gick att få",
        "välja luftvärmepump",
    ):
        assert words in page, words
    assert page.count('class="placement"') == 3
    assert 'lang="sv"' in page
    assert 'href="#quotes"' in page
    assert "tecken " in page


def test_the_list_says_what_came_of_an_order(browser: Browser, real: Job, pending: Job) -> None:
    page = browser.get("/jobs").text
    assert pending.id in page
    assert real.id in page
    assert page.count("Underlag") == 1


def test_skeleton_and_sources_have_their_own_tabs(browser: Browser, real: Job) -> None:
    skeleton = browser.get(f"/jobs/{real.id}?view=skeleton", htmx=True).text
    assert "Detta är ett skelett" in skeleton
    assert 'aria-current="page"' in skeleton
    sources = browser.get(f"/jobs/{real.id}?view=sources").text
    assert "Every address that was asked for" in sources
    assert "hemochhushall.example" in sources
    assert browser.get(f"/jobs/{real.id}?view=nonsense").status_code == 200


def test_a_document_can_be_taken_away_as_markdown(browser: Browser, real: Job) -> None:
    answer = browser.get(f"/jobs/{real.id}/brief.md")
    assert answer.mimetype == "text/markdown"
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment; filename=")
    assert "underlag-hemochhushall.example.md" in named
    assert answer.text.startswith("# Underlag för en artikel på")
    assert browser.get(f"/jobs/{real.id}/skeleton.md").status_code == 200
    assert browser.get(f"/jobs/{real.id}/ai_draft.md").status_code == 404


def test_an_order_without_a_brief_shows_what_there_is(browser: Browser, real: Job) -> None:
    drop_brief(real)
    page = browser.get(f"/jobs/{real.id}?view=sources").text
    assert "Detta är ett skelett" in page
    assert "Every address that was asked for" not in page


def test_what_came_of_sample_pages_is_marked_and_stays_here(
    browser: Browser, delivered: Job
) -> None:
    page = browser.get(f"/jobs/{delivered.id}").text
    assert "watermarked" in page
    assert "DEMO" in page
    assert ".md" not in page
    assert browser.get(f"/jobs/{delivered.id}/brief.md").status_code == 409
    assert "Demo" in browser.get("/jobs").text


def test_what_pages_said_is_only_ever_text(browser: Browser, real: Job) -> None:
    quote = {
        "text": EVIL,
        "url": "javascript:alert(1)",
        "title": EVIL,
        "start": 0,
        "end": 5,
        "fetched_at": "2026-11-22T12:00:00+00:00",
    }
    fact = quote | {"value": EVIL, "sentence": EVIL, "kind": "number"}
    trusted = {"tier": "T1", "title": EVIL, "url": f"https://a.example/{EVIL}"}
    spoil(real, quotes=[quote], facts=[fact], trust=[trusted], publisher=EVIL, missing=[EVIL])
    page = browser.get(f"/jobs/{real.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="javascript:' not in page


def test_a_ledger_shows_faults_and_redirects(browser: Browser, real: Job) -> None:
    line = {
        "url": "https://a.example/",
        "final_url": "https://b.example/",
        "fetched_at": "2026-11-22T12:00:00+00:00",
        "status": None,
        "sha256": None,
        "fault": "robots",
        "reason": "robots.txt asks not to read it",
        "role": "article",
    }
    spoil(real, sources=[line, line | {"status": 404, "fault": "status", "final_url": ""}])
    page = browser.get(f"/jobs/{real.id}?view=sources").text
    assert "b.example" in page
    assert "robots.txt asks not to read it" in page
    assert "404" in page


def test_a_blocked_order_says_why_and_keeps_its_brief(browser: Browser, real: Job) -> None:
    block(real)
    page = browser.get(f"/jobs/{real.id}").text
    assert "The target page could not be read" in page
    assert "TARGET_HTTP" in page
    assert "Disposition" in page


def test_a_brief_without_its_parts_is_shown_without_them(browser: Browser, real: Job) -> None:
    emptied = ("quotes", "facts", "questions", "names", "trust", "missing", "titles", "adds")
    empty: dict[str, Json] = {part: [] for part in emptied}
    spoil(real, **empty)
    page = browser.get(f"/jobs/{real.id}").text
    assert "Citatbank" not in page
    assert "Disposition" in page
