import html
import re

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.engine.order import Order
from bacowr.jobs import queries, service
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner
from bacowr.jobs.states import JobStatus
from tests.plugins.application import NewUser
from tests.web.conftest import ORDER, PUBLISHER, TARGET, Browser, NewBrowser

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Job)) or 0


def shown(first: int, last: int, total: int) -> str:
    return f"{first}\N{EN DASH}{last} of {total}"


def place(owner: User, number: int, *, anchor: str = "ankare") -> Job:
    order = Order(f"publisher{number}.test", TARGET, f"{anchor} {number}", language="sv")
    return service.create(order, owner=owner)


def test_the_front_page_leads_to_the_overview(stranger: Browser) -> None:
    assert stranger.get("/").location == "/overview"


def test_the_first_visit_shows_the_one_thing_to_do(browser: Browser) -> None:
    page = browser.get("/jobs").text
    assert "Your first brief is three fields away" in page
    assert 'action="/jobs/sample"' in page
    assert 'role="search"' not in page


def test_a_viewer_s_first_visit_says_who_can_order(new_browser: NewBrowser) -> None:
    page = new_browser("viewer@example.org", role=Role.VIEWER).get("/jobs").text
    assert "An editor can place them" in page
    assert 'action="/jobs/sample"' not in page


def test_orders_are_listed_newest_first_in_pages(browser: Browser, editor: User) -> None:
    for number in range(23):
        place(editor, number)
    first = browser.get("/jobs").text
    assert shown(1, 20, 23) in first
    assert first.index("ankare 22") < first.index("ankare 3<")
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    second = browser.get("/jobs?page=2").text
    assert shown(21, 23, 23) in second
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert shown(21, 23, 23) in browser.get("/jobs?page=99").text
    assert shown(1, 23, 23) in browser.get("/jobs?page_size=50").text


def test_htmx_gets_the_list_alone(browser: Browser, pending: Job) -> None:
    part = browser.get("/jobs?q=bra", htmx=True).text
    assert part.lstrip().startswith('<section id="orders"')
    assert "<html" not in part
    assert pending.id in part


def test_a_list_with_orders_under_way_asks_again(
    browser: Browser, pending: Job, editor: User
) -> None:
    assert 'hx-trigger="every 2s"' in browser.get("/jobs").text
    service.cancel(pending, by=editor)
    assert 'hx-trigger="every 2s"' not in browser.get("/jobs").text


def test_the_list_can_be_searched_and_narrowed(browser: Browser, editor: User) -> None:
    place(editor, 1, anchor="värmepump")
    canceled = place(editor, 2, anchor="lån")
    service.cancel(canceled, by=editor)
    assert shown(1, 1, 1) in browser.get("/jobs?q=VäRMEPUMP").text
    assert canceled.id in browser.get("/jobs?status=canceled").text
    none = browser.get("/jobs?q=inget&status=blocked").text
    assert "Nothing matches" in none
    assert "Show every order" in none


def test_nobody_sees_the_orders_of_others(
    browser: Browser, new_user: NewUser, pending: Job
) -> None:
    theirs = place(new_user("other@example.org"), 7)
    assert theirs.id not in browser.get("/jobs").text
    assert browser.get(f"/jobs/{theirs.id}").status_code == 404
    assert browser.get(f"/jobs/{theirs.id}?version=1", htmx=True).status_code == 404
    assert browser.post(f"/jobs/{theirs.id}/cancel").status_code == 404
    assert browser.post(f"/jobs/{theirs.id}/retry").status_code == 404
    assert browser.get(f"/jobs/{theirs.id}/brief.md").status_code == 404
    db.session.refresh(theirs)
    assert theirs.status is JobStatus.PENDING
    assert browser.get(f"/jobs/{pending.id}").status_code == 200


def test_an_order_is_placed_and_shown(browser: Browser, editor: User) -> None:
    sent = browser.post("/jobs", ORDER | {"language": "sv", "country": "se"})
    assert sent.status_code == 303
    job = queries.get(sent.location.rpartition("/")[2], owner=editor)
    assert job.order == Order(PUBLISHER, TARGET, "en bra läsning", language="sv", country="se")
    page = browser.get(sent.location).text
    assert "en bra läsning" in page
    assert "Read the pages" in page
    assert 'hx-trigger="every 1s"' in page


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("publisher_domain", ""),
        ("publisher_domain", "https://publisher.test"),
        ("publisher_domain", "127.0.0.1"),
        ("publisher_domain", "x" * 256),
        ("target_url", ""),
        ("target_url", "javascript:alert(1)"),
        ("target_url", "http://10.0.0.1/secret"),
        ("target_url", "http://target.test:8099/" + "x" * 2048),
        ("anchor_text", "   "),
        ("anchor_text", "x" * 501),
        ("language", "klingon"),
        ("country", "zz"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_what_was_written_is_kept(
    browser: Browser, field: str, wrong: str
) -> None:
    answer = browser.post("/jobs", ORDER | {field: wrong})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert answer.text.count('class="invalid-feedback"') == 1
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    others = {name: value for name, value in ORDER.items() if name != field}
    for value in others.values():
        assert f'value="{html.escape(value)}"' in answer.text
    assert count() == 0


def test_a_form_that_is_sent_twice_is_one_order(browser: Browser) -> None:
    found = re.search(r'name="form_id" value="([^"]+)"', browser.get("/jobs/new").text)
    assert found
    sent = [browser.post("/jobs", ORDER | {"form_id": found[1]}).location for _ in range(2)]
    assert sent[0] == sent[1]
    assert count() == 1
    browser.post("/jobs", ORDER | {"form_id": found[1], "anchor_text": "ett annat ankare"})
    assert count() == 2


def test_a_list_costs_as_many_statements_however_long_it_is(browser: Browser, editor: User) -> None:
    def statements() -> int:
        found: list[str] = []
        note = lambda *event: found.append(event[2])  # noqa: E731  # One line is enough for it.
        sa.event.listen(db.engine, "before_cursor_execute", note)
        browser.get("/jobs")
        sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(found)

    place(editor, 0)
    short = statements()
    for number in range(1, 15):
        place(editor, number)
    assert statements() == short <= 5


def test_all_faults_are_told_at_once(browser: Browser) -> None:
    answer = browser.post("/jobs", {})
    assert "3 fields need another look" in answer.text
    assert count() == 0


def test_hostile_input_is_only_ever_text(browser: Browser, editor: User) -> None:
    refused = browser.post("/jobs", dict.fromkeys(ORDER, EVIL))
    assert "<script>alert" not in refused.text
    assert "<img src=x" not in refused.text
    sent = browser.post("/jobs", ORDER | {"anchor_text": EVIL})
    shown = browser.get(sent.location).text + browser.get("/jobs").text
    shown += browser.get("/jobs", query_string={"q": EVIL}).text
    shown += browser.get("/jobs/new", query_string={"anchor_text": EVIL}).text
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert len(queries.owned_by(editor).column_descriptions) > 1


def test_an_order_like_another_comes_filled_in(
    browser: Browser, pending: Job, editor: User
) -> None:
    service.cancel(pending, by=editor)
    page = browser.get(f"/jobs/{pending.id}").text
    found = re.search(r'href="(/jobs/new\?[^"]+)"', page)
    assert found
    form = browser.get(html.unescape(found[1])).text
    assert 'value="en bra läsning"' in form
    assert '<option value="sv" selected>' in form


def test_a_worker_s_progress_is_told_only_when_there_is_some(
    browser: Browser, pending: Job
) -> None:
    page = browser.get(f"/jobs/{pending.id}").text
    found = re.search(r'hx-get="(/jobs/[^"]+)"', page)
    assert found
    address = html.unescape(found[1])
    assert browser.get(address, htmx=True).status_code == 204
    lease = service.claim(pending.id, worker="w1", seconds=60)
    assert lease
    service.start_step(lease, "receive", input_hash="0" * 64)
    part = browser.get(address, htmx=True)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'aria-current="step"' in part.text
    assert "Processing: Receive the order" in part.text
    assert "Receive the order" in browser.get("/jobs").text


def test_the_sample_runs_to_its_end_and_stops_asking(
    browser: Browser, runner: Runner, editor: User
) -> None:
    sent = browser.post("/jobs/sample")
    job_id = sent.location.rpartition("/")[2]
    assert browser.post("/jobs/sample").location == sent.location
    runner.run(job_id)
    part = browser.get(f"/jobs/{job_id}?version=1", htmx=True).text
    assert queries.get(job_id, owner=editor).status is JobStatus.DELIVERED
    assert "every 1s" not in part
    assert "Underlag" in part


def test_an_order_can_be_canceled_and_tried_again(browser: Browser, pending: Job) -> None:
    part = browser.post(f"/jobs/{pending.id}/cancel", htmx=True)
    assert part.status_code == 200
    assert "Finished stages are kept" in part.text
    assert browser.post(f"/jobs/{pending.id}/cancel").status_code == 409
    again = browser.post(f"/jobs/{pending.id}/retry")
    assert again.location == f"/jobs/{pending.id}"
    assert "Sent on its way again" in browser.get(again.location).text
    refused = browser.post(f"/jobs/{pending.id}/retry", htmx=True)
    assert refused.status_code == 409
    assert refused.headers["HX-Retarget"] == "#notices"


def test_a_viewer_may_not_cancel_or_order(new_browser: NewBrowser) -> None:
    viewer = new_browser("viewer@example.org", role=Role.VIEWER)
    for path in ("/jobs", "/jobs/sample", "/jobs/x/cancel", "/jobs/x/retry"):
        answer = viewer.post(path, ORDER)
        assert answer.status_code == 403, path
    assert count() == 0


def test_a_failed_order_says_why_and_offers_another_try(browser: Browser, pending: Job) -> None:
    lease = service.claim(pending.id, worker="w1", seconds=60)
    assert lease
    service.start_step(lease, "receive", input_hash="0" * 64)
    service.fail(lease, code="INTERNAL", message="It broke <in two>.")
    page = browser.get(f"/jobs/{pending.id}").text
    assert "It broke &lt;in two&gt;." in page
    assert "INTERNAL" in page
    assert f'action="/jobs/{pending.id}/retry"' in page


def test_an_order_is_deleted_from_its_page(browser: Browser, pending: Job, editor: User) -> None:
    address = f"/jobs/{pending.id}/delete"
    page = browser.get(f"/jobs/{pending.id}").text
    assert f'action="{address}"' in page
    assert "hx-confirm=" in page
    assert browser.post(address).location == "/jobs"
    assert queries.count_owned_by(editor) == 0
    assert browser.get(f"/jobs/{pending.id}").status_code == 404


def test_an_order_under_way_offers_no_deletion(browser: Browser, pending: Job) -> None:
    assert service.claim(pending.id, worker="w1", seconds=30)
    assert f"/jobs/{pending.id}/delete" not in browser.get(f"/jobs/{pending.id}").text
    assert browser.post(f"/jobs/{pending.id}/delete").status_code == 409
