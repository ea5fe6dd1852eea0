"""Search results that a person brings, and researching an order again with them."""

from __future__ import annotations

import io
import re

from flask import Flask

from bacowr.base.db import db
from bacowr.jobs import queries
from bacowr.jobs.articles import signing
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.providers import queries as services
from tests.web.articles.conftest import run
from tests.web.conftest import Browser

LINES = "\n".join(f"Guide {n} https://sida{n}.se/luftvarmepump" for n in range(1, 11))


def test_the_page_says_that_nothing_was_fetched_and_why(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}?view=searches").text
    assert "Search results: not fetched." in page
    assert "Because no search service is connected." in page
    assert "Research again" not in page


def test_results_are_pasted_and_taken_back(browser: Browser, job: Job) -> None:
    sent = browser.post(f"/jobs/{job.id}/searches", {"results": LINES, "query": ""})
    assert sent.location == f"/jobs/{job.id}?view=searches"
    page = browser.get(sent.location).text
    assert "The main search" in page
    assert "Research again with these" in page
    (row,) = services.brought_for(job.id)
    assert len(row.hits) == 10
    browser.post(f"/jobs/{job.id}/searches/{row.id}/withdraw")
    assert services.brought_for(job.id) == []
    gone = browser.post(f"/jobs/{job.id}/searches/{row.id}/withdraw")
    assert gone.status_code == 404


def test_a_file_may_be_for_another_search(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}?view=searches").text
    found = re.findall(r'<option value="([^"]+)">', page)
    file = (io.BytesIO(b"url,title\nhttps://a.se/x,Titel\n"), "results.csv")
    form = {"csrf_token": browser.token(), "query": found[0], "results": "", "file": file}
    browser.client.post(f"/jobs/{job.id}/searches", data=form, content_type="multipart/form-data")
    (row,) = services.brought_for(job.id)
    assert (row.query, row.hits[0]["title"]) == (found[0], "Titel")


def test_faults_are_told_by_line(browser: Browser, job: Job) -> None:
    refused = browser.post(f"/jobs/{job.id}/searches", {"results": "nothing <b>\nmore"})
    assert refused.status_code == 422
    assert "Line 1: " in refused.text
    assert "Line 2: " in refused.text
    assert "nothing &lt;b&gt;" in refused.text
    assert services.brought_for(job.id) == []
    partly = browser.post(f"/jobs/{job.id}/searches", {"results": f"{LINES}\nno address"})
    assert partly.status_code == 200
    assert "10 results were taken." in partly.text
    assert "Line 11: " in partly.text


def test_an_order_is_researched_again_with_what_was_brought(
    browser: Browser, job: Job, app: Flask
) -> None:
    browser.post(f"/jobs/{job.id}/searches", {"results": LINES})
    fetched = queries.get_step(job, "fetch").finished_at
    assert browser.post(f"/jobs/{job.id}/research").location == f"/jobs/{job.id}"
    db.session.expire_all()
    assert job.status is JobStatus.PENDING
    assert browser.post(f"/jobs/{job.id}/research").status_code == 409
    run(app, job.id)
    assert queries.get_step(job, "fetch").finished_at == fetched
    assert job.round_number == 2
    page = browser.get(f"/jobs/{job.id}?view=searches").text
    assert "10 results" in page
    assert "sida1.se/luftvarmepump" in page
    assert signing.valid_of(job) == {}
