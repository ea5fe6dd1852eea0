"""Comments on passages and single paragraphs anew, on the page of an order."""

from __future__ import annotations

import dataclasses
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.engine.article.parsed import parse
from bacowr.engine.ports import Purpose
from bacowr.jobs.articles import comments, editing
from bacowr.jobs.models import Job
from bacowr.jobs.spending import ModelCall
from tests.web.articles.conftest import latest
from tests.web.conftest import Browser, NewBrowser


def passage(job: Job, number: int = 1, quote: str = "", **more: str) -> dict[str, str]:
    """Return what the page sends of a paragraph."""
    block = parse(latest(job).text).paragraphs[number]
    return {"base_id": latest(job).id, "at": str(block.span[0]), "quote": quote} | more


def words(job: Job, number: int = 1) -> str:
    return " ".join(parse(latest(job).text).paragraphs[number].text.split()[2:5])


def test_every_block_of_the_text_says_where_it_begins(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}").text
    text = latest(job).text
    places = [int(each) for each in re.findall(r'<p data-at="(\d+)">', page)]
    starts = [each.span[0] for each in parse(text).paragraphs]
    assert len(places) == len(starts)
    assert all(place <= start <= place + 1 for place, start in zip(places, starts, strict=True))


def test_a_comment_stands_beside_the_text_and_in_it(browser: Browser, job: Job) -> None:
    path = f"/jobs/{job.id}/comments"
    form = passage(job, quote=words(job), comment="Källa? <b>x</b>")
    answer = browser.post(path, form)
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}?view=article")
    page = browser.get(f"/jobs/{job.id}").text
    (row,) = comments.of(job)
    assert f'id="mark-comment-{row.id}"' in page
    assert f'data-finding="comment-{row.id}"' in page
    assert "Källa? &lt;b&gt;x&lt;/b&gt;" in page
    assert "1 open" in page
    assert browser.post(path, form, htmx=True).status_code == 204
    done = browser.post(f"{path}/{row.id}", {"done": "yes"})
    assert done.status_code == 303
    page = browser.get(f"/jobs/{job.id}").text
    assert f'id="mark-comment-{row.id}"' not in page
    assert "Open again" in page
    browser.post(f"{path}/{row.id}", {"done": "no"})
    assert "2 open" in browser.get(f"/jobs/{job.id}").text


def test_a_comment_whose_words_are_gone_is_still_told(browser: Browser, job: Job) -> None:
    browser.post(f"/jobs/{job.id}/comments", passage(job, quote=words(job), comment="Hm."))
    text = latest(job).text.replace(words(job), "något annat")
    editing.save(job, text, base_id=latest(job).id, by=job.owner)
    assert "not in this version any more" in browser.get(f"/jobs/{job.id}").text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"comment": ""}, 422),
        ({"at": "x"}, 422),
        ({"at": "99999"}, 422),
        ({"quote": "words that are nowhere"}, 422),
        ({"base_id": "unknown"}, 404),
    ],
)
def test_a_comment_that_can_not_be_is_refused(
    browser: Browser, job: Job, changes: dict[str, str], status: int
) -> None:
    form = passage(job, comment="Hm.") | changes
    assert browser.post(f"/jobs/{job.id}/comments", form, htmx=True).status_code == status
    assert not comments.of(job)


def test_one_paragraph_is_written_anew_and_its_difference_shown(browser: Browser, job: Job) -> None:
    before = latest(job)
    assert "Write this paragraph anew" in browser.get(f"/jobs/{job.id}").text
    form = passage(job, note="Varmare.")
    answer = browser.post(f"/jobs/{job.id}/paragraph", form)
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}?view=versions")
    made = latest(job)
    assert (made.version, made.parent_id) == (before.version + 1, before.id)
    assert "Kort sagt" in made.text
    page = browser.get(f"/jobs/{job.id}?view=versions").text
    assert "written anew: Varmare." in page
    assert "Kort sagt" in page
    again = browser.post(f"/jobs/{job.id}/paragraph", form, htmx=True)
    assert again.status_code == 409
    assert "later version" in again.text
    purposes = db.session.scalars(sa.select(ModelCall.purpose)).all()
    assert purposes.count(Purpose.PARAGRAPH) == 1


def test_without_a_writer_nothing_is_written(browser: Browser, job: Job, app: Flask) -> None:
    equipment = app.extensions["equipment"]
    bare = dataclasses.replace(equipment.keys, environment={})
    app.extensions["equipment"] = dataclasses.replace(equipment, keyring=bare)
    answer = browser.post(f"/jobs/{job.id}/paragraph", passage(job), htmx=True)
    assert (answer.status_code, "connected" in answer.text) == (409, True)


def test_who_may_not_change_the_text_sees_what_was_said(
    browser: Browser, job: Job, new_browser: NewBrowser
) -> None:
    browser.post(f"/jobs/{job.id}/comments", passage(job, comment="Said by the editor."))
    stranger = new_browser("viewer@example.org", role=Role.VIEWER)
    paths = [f"/jobs/{job.id}/comments", f"/jobs/{job.id}/paragraph"]
    paths.append(f"{paths[0]}/{comments.of(job)[0].id}")
    for path in paths:
        assert stranger.post(path, passage(job, comment="x")).status_code == 403
    other = new_browser("other@example.org")
    for path in paths:
        assert other.post(path, passage(job, comment="x")).status_code == 404
