"""Editing, checking, deciding and versions, as a browser without scripts does them."""

from __future__ import annotations

import html
import re

import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base.db import db, transaction
from bacowr.engine.order import Order
from bacowr.jobs import queries, service
from bacowr.jobs.articles import checking, editing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import DocumentKind, JobStatus
from bacowr.jobs.texts import Document
from tests.plugins.application import NewUser
from tests.web.articles.conftest import CLAIM, DEAL, PLACE, latest, run, undecided
from tests.web.conftest import Browser, NewBrowser

POSTS = (
    "edit",
    "check",
    "decide",
    "versions",
    "repairs",
    "send-back",
    "sign",
    "searches",
    "research",
    "searches/x/withdraw",
)


def edited(job: Job, browser: Browser, text: str, **more: str) -> int:
    form = {"markdown": text, "base_id": latest(job).id} | more
    return browser.post(f"/jobs/{job.id}/edit", form).status_code


def test_the_text_stands_beside_its_evidence(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}").text
    assert "Waits for a person." in page
    assert '<a href="https://varmebutiken.example/guider/valja-luftvarmepump"' in page
    assert "Search results were not fetched" in page
    assert "Annons" in page
    assert page.index('id="tab-article"') < page.index('id="tab-brief"')
    for name in ("Length and structure", "Grounding of claims", "Coverage of the subject"):
        assert name in page
    assert "data-review" in page


def test_what_is_found_is_marked_in_the_text(browser: Browser, job: Job) -> None:
    assert edited(job, browser, latest(job).text.replace(PLACE, CLAIM)) == 303
    page = browser.get(f"/jobs/{job.id}").text
    report = checking.report_of(latest(job))
    assert report
    key = next(each.key for each in report.findings if each.evidence.text == CLAIM)
    assert f'data-findings="{key}"' in page
    assert f'id="finding-{key}"' in page
    assert '<span class="unsupported">undersökning</span>' in page
    assert '<span class="unsupported">12 000</span>' in page


def test_a_finding_is_ignored_with_a_reason_only(browser: Browser, job: Job) -> None:
    (key,) = undecided(job)
    form = {"finding": key, "decision": "ignored", "reason": " "}
    refused = browser.post(f"/jobs/{job.id}/decide", form)
    assert refused.status_code == 422
    assert f'id="fault-{key}"' in refused.text
    part = browser.post(f"/jobs/{job.id}/decide", form | {"reason": "Känt ämne."}, htmx=True)
    assert part.status_code == 200
    assert "Känt ämne." in part.text
    assert "<html" not in part.text
    assert undecided(job) == []
    undone = browser.post(f"/jobs/{job.id}/decide", {"finding": key})
    assert undone.location == f"/jobs/{job.id}?view=article"
    assert undecided(job) == [key]


def test_a_decision_must_be_one(browser: Browser, job: Job) -> None:
    form = {"finding": undecided(job)[0], "decision": "maybe"}
    assert browser.post(f"/jobs/{job.id}/decide", form).status_code == 422
    gone = browser.post(f"/jobs/{job.id}/decide", {"finding": "x", "decision": "accepted"})
    assert gone.status_code == 404


def test_a_text_is_checked_while_it_is_typed_and_nothing_is_stored(
    browser: Browser, job: Job
) -> None:
    text = latest(job).text.replace(PLACE, CLAIM)
    part = browser.post(f"/jobs/{job.id}/check", {"markdown": text}, htmx=True).text
    assert part.lstrip().startswith('<div id="checked">')
    assert "undersökning" in part
    assert 'name="decision"' not in part
    whole = browser.post(f"/jobs/{job.id}/check", {"markdown": text}).text
    assert html.escape(CLAIM) in whole
    assert "Save as version 2" in whole
    empty = browser.post(f"/jobs/{job.id}/check", {"markdown": " "}, htmx=True)
    assert "Type, and the checks follow" in empty.text
    long = browser.post(f"/jobs/{job.id}/check", {"markdown": "x" * 60_001}, htmx=True)
    assert long.status_code == 422
    assert latest(job).version == 1


def test_an_edit_becomes_the_next_version(browser: Browser, job: Job) -> None:
    form = browser.get(f"/jobs/{job.id}/edit").text
    assert f'value="{latest(job).id}"' in form
    assert "Edit version 1" in form
    assert edited(job, browser, latest(job).text + "\nSlut.\n", note="Slutet") == 303
    assert (latest(job).version, latest(job).note) == (2, "Slutet")
    assert latest(job).text.endswith("Slut.\n")


def test_an_edit_that_somebody_overtook_is_kept_on_the_page(
    browser: Browser, job: Job, editor: User
) -> None:
    base = latest(job)
    editing.save(job, base.text.replace(PLACE, "Vänta en månad."), base_id=base.id, by=editor)
    mine = base.text + "\nMitt tillägg & mer.\n"
    refused = browser.post(f"/jobs/{job.id}/edit", {"markdown": mine, "base_id": base.id})
    assert refused.status_code == 409
    assert "Mitt tillägg &amp; mer." in refused.text
    assert "Not saved." in refused.text
    assert re.search(r"<ins>[^<]*månad", refused.text)
    assert f'name="base_id" value="{latest(job).id}"' in refused.text
    assert latest(job).version == 2
    assert edited(job, browser, mine) == 303
    assert latest(job).version == 3


def test_an_empty_text_is_not_saved(browser: Browser, job: Job) -> None:
    assert edited(job, browser, "  ") == 422
    assert latest(job).version == 1


def test_versions_are_compared_and_taken_again(browser: Browser, job: Job) -> None:
    first = latest(job)
    assert edited(job, browser, first.text.replace(PLACE, "Vänta en månad."), note="N <1>") == 303
    page = browser.get(f"/jobs/{job.id}?view=versions").text
    assert "N &lt;1&gt;" in page
    assert "From version 1 to 2" in page
    assert re.search(r"<del>[^<]*vecka", page)
    turned = browser.get(f"/jobs/{job.id}?view=versions&before={latest(job).id}&after={first.id}")
    assert "From version 2 to 1" in turned.text
    form = {"document_id": first.id, "base_id": latest(job).id}
    assert browser.post(f"/jobs/{job.id}/versions", form).status_code == 303
    assert latest(job).text == first.text
    assert latest(job).note == "Version 1 taken again."
    overtaken = browser.post(f"/jobs/{job.id}/versions", form)
    assert overtaken.status_code == 409
    unknown = browser.post(f"/jobs/{job.id}/versions", {"document_id": "x"})
    assert unknown.status_code == 404


def test_a_page_costs_as_many_statements_however_many_versions(
    browser: Browser, job: Job, editor: User
) -> None:
    def statements(view: str) -> int:
        found: list[str] = []
        note = lambda *event: found.append(event[2])  # noqa: E731  # One line is enough for it.
        sa.event.listen(db.engine, "before_cursor_execute", note)
        browser.get(f"/jobs/{job.id}?view={view}")
        sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(found)

    editing.save(job, latest(job).text + "\nEtt.\n", base_id=latest(job).id, by=editor)
    before = {view: statements(view) for view in ("article", "versions", "sign")}
    for word in ("Två", "Tre", "Fyra"):
        editing.save(job, f"{latest(job).text}\n{word}.\n", base_id=latest(job).id, by=editor)
    assert {view: statements(view) for view in before} == before


def test_a_proposed_repair_is_shown_and_taken_once(browser: Browser, job: Job) -> None:
    propose(job)
    page = browser.get(f"/jobs/{job.id}").text
    assert "Repairs that are proposed" in page
    assert "Take this repair" in page
    form = {"number": "0", "base_id": latest(job).id}
    assert browser.post(f"/jobs/{job.id}/repairs", form).status_code == 303
    assert "Vänta sedan en månad." in latest(job).text
    again = form | {"base_id": latest(job).id}
    assert browser.post(f"/jobs/{job.id}/repairs", again).status_code == 409
    assert browser.post(f"/jobs/{job.id}/repairs", {"number": "x"}).status_code == 409


@transaction
def propose(job: Job) -> None:
    """Let the automatic repair have proposed a change."""
    step = queries.get_step(job, "autofix")
    start = latest(job).text.index(PLACE)
    change = {
        "operation": "edit_tone",
        "reason": "Because.",
        "before": PLACE,
        "after": "Vänta sedan en månad.",
        "place": {"start": start, "end": start + len(PLACE)},
    }
    repair = {
        "outcome": "needs_person",
        "applied": False,
        "reason": "A person has to decide first.",
        "article": latest(job).data["article"],
        "changes": [],
        "proposals": [change],
        "needs_writer": ["Say more."],
        "diff": "",
        "before_sha256": "",
        "after_sha256": "",
    }
    step.output = (step.output or {}) | {"repair": repair}


def test_what_the_repair_did_is_shown_as_a_difference(browser: Browser, job: Job) -> None:
    propose(job)
    apply_proposal(job)
    page = browser.get(f"/jobs/{job.id}").text
    assert "Repaired once, automatically" in page
    assert re.search(r"<ins>[^<]*månad", page)


@transaction
def apply_proposal(job: Job) -> None:
    step = queries.get_step(job, "autofix")
    output = dict(step.output or {})
    repair = dict(output["repair"])
    article = dict(repair["article"])
    article["markdown"] = article["markdown"].replace(PLACE, "Vänta sedan en månad.")
    repair |= {"applied": True, "changes": repair["proposals"], "proposals": [], "article": article}
    step.output = output | {"repair": repair}


def test_an_article_is_sent_back_with_a_wish_and_written_anew(
    browser: Browser, job: Job, app: Flask
) -> None:
    assert 'id="anew"' in browser.get(f"/jobs/{job.id}").text
    too_long = browser.post(f"/jobs/{job.id}/send-back", {"wish": "x" * 501})
    assert too_long.status_code == 422
    sent = browser.post(f"/jobs/{job.id}/send-back", {"wish": " Kortare,  tack. "})
    assert sent.status_code == 303
    db.session.expire_all()
    assert job.status is JobStatus.PENDING
    again = browser.post(f"/jobs/{job.id}/send-back", {})
    assert again.status_code == 409
    assert browser.get(f"/jobs/{job.id}/edit").status_code == 409
    run(app, job.id)
    assert job.round_number == 2
    assert len(versions.of(job)) == 2


def test_a_text_can_be_begun_by_a_person(browser: Browser, editor: User, app: Flask) -> None:
    order = Order(**(DEAL.__dict__ | {"brief_only": True}))
    job = service.create(order, owner=editor)
    run(app, job.id)
    assert f"/jobs/{job.id}/edit" in browser.get(f"/jobs/{job.id}").text
    assert "from=skeleton" in browser.get(f"/jobs/{job.id}?view=skeleton").text
    assert "Write the text" in browser.get(f"/jobs/{job.id}/edit").text
    begun = browser.get(f"/jobs/{job.id}/edit?from=skeleton").text
    assert re.search(r"<textarea[^>]*>\s*# .+", begun)
    text = "# En rubrik\n\nEtt stycke.\n"
    saved = browser.post(f"/jobs/{job.id}/edit", {"markdown": text, "base_id": ""})
    assert saved.status_code == 303
    assert latest(job).kind is DocumentKind.HUMAN_TEXT
    assert "människa" in browser.get(f"/jobs/{job.id}").text


def test_costs_are_told_call_by_call(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.id}?view=brief").text
    for words in (
        "$0.09",
        "told when ordering",
        "Outline",
        "Polish",
        "claude-sonnet-4-5",
        "Cap, order",
    ):
        assert words in page, words


def test_hostile_text_is_only_ever_text(browser: Browser, job: Job) -> None:
    evil = "\n<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3))\n"
    assert edited(job, browser, latest(job).text + evil, note="<script>alert(4)</script>") == 303
    for path in ("", "?view=versions", "?view=sign", "/edit"):
        page = browser.get(f"/jobs/{job.id}{path}").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page


def test_nobody_works_on_the_orders_of_others(
    new_browser: NewBrowser, job: Job, new_user: NewUser
) -> None:
    del new_user
    other = new_browser("other@example.org")
    for path in POSTS:
        assert other.post(f"/jobs/{job.id}/{path}", {"step": "facts"}).status_code == 404, path
    for path in ("edit", "article.md", "brief.html"):
        assert other.get(f"/jobs/{job.id}/{path}").status_code == 404, path
    viewer = new_browser("viewer@example.org", role=Role.VIEWER)
    for path in POSTS:
        assert viewer.post(f"/jobs/{job.id}/{path}", {}).status_code == 403, path
    assert viewer.get(f"/jobs/{job.id}/edit").status_code == 403
    assert latest(job).version == 1


def test_an_order_that_a_cap_stopped_says_what_to_do(browser: Browser, pending: Job) -> None:
    lease = service.claim(pending.id, worker="w1", seconds=60)
    assert lease
    service.start_step(lease, "receive", input_hash="0" * 64)
    service.fail(lease, code="CAP_REACHED", message="The cap of 1.00 USD would be passed.")
    assert "Raise the cap" in browser.get(f"/jobs/{pending.id}").text


def test_documents_of_one_order_stay_with_it(browser: Browser, job: Job, editor: User) -> None:
    other = service.create(Order("publisher.se", "https://kund.se/sida", "ankare"), owner=editor)
    document = db.session.scalars(sa.select(Document).where(Document.job_id == job.id)).first()
    assert document
    form = {"document_id": document.id}
    assert browser.post(f"/jobs/{other.id}/versions", form).status_code == 404
