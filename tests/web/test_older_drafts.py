"""A draft that the older BACOWR wrote can be read; one of simulated data can't be exported."""

from __future__ import annotations

import hashlib

import pytest

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.jobs.models import Job
from bacowr.jobs.states import DocumentKind, JobStatus
from bacowr.jobs.texts import Document
from tests.web.conftest import Browser

TEXT = "# Rubrik\n\nFörsta stycket <b>.\n\nAndra stycket."


@transaction
def older_job(owner: User, *, simulated: bool) -> str:
    job = Job(
        owner_id=owner.id,
        publisher_domain="tidning.se",
        target_url="https://kund.se/",
        anchor_text="ankare",
        country="se",
        llm_provider="auto",
        writing_strategy="multi_stage",
        use_ahrefs=True,
        enable_llm_profiling=True,
        status=JobStatus.DELIVERED,
        stage="done",
        finished_at=clock.now(),
        is_demo=simulated,
    )
    db.session.add(job)
    db.session.flush()
    document = Document(
        job_id=job.id,
        kind=DocumentKind.AI_DRAFT,
        data={
            "label": {"en": "AI draft"},
            "file_name": "utkast-tidning.se.md",
            "title": "Rubrik",
            "text_language": "sv",
            "tags": ["legacy_simulated"] if simulated else [],
        },
        text=TEXT,
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    )
    db.session.add(document)
    job_id: str = job.id
    return job_id


@pytest.mark.parametrize("simulated", [False, True])
def test_it_is_shown(browser: Browser, editor: User, *, simulated: bool) -> None:
    job_id = older_job(editor, simulated=simulated)
    page = browser.get(f"/jobs/{job_id}")
    assert page.status_code == 200
    assert "Första stycket &lt;b&gt;." in page.text
    assert ("made of simulated data" in page.text) is simulated
    exported = browser.get(f"/jobs/{job_id}/ai_draft.md")
    assert exported.status_code == (409 if simulated else 200)
