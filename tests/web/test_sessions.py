import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bacowr.web import htmx
from tests.plugins.application import PASSWORD, NewUser
from tests.web.conftest import Browser, NewBrowser


def test_the_first_visitor_is_told_how_to_make_an_account(stranger: Browser) -> None:
    page = stranger.get("/sign-in").text
    assert "flask accounts create-user" in page


def test_the_hint_is_gone_once_there_is_an_account(stranger: Browser, new_user: NewUser) -> None:
    new_user()
    assert "flask accounts create-user" not in stranger.get("/sign-in").text


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(
    stranger: Browser, new_user: NewUser
) -> None:
    new_user()
    sent = stranger.get("/jobs?q=värme&page=2")
    assert sent.status_code == 303
    assert sent.location.startswith("/sign-in?next=/jobs?q%3D")
    form = stranger.get(sent.location).text
    assert 'name="next" value="/jobs?q=v' in form
    back = stranger.post(
        "/sign-in",
        {"email": "editor@example.org", "password": PASSWORD, "next": "/jobs?q=värme&page=2"},
    )
    assert back.status_code == 303
    assert back.location == "/jobs?q=v%C3%A4rme&page=2"
    assert stranger.get("/jobs").status_code == 200


def test_a_part_that_nobody_may_see_sends_the_whole_page_to_sign_in(stranger: Browser) -> None:
    answer = stranger.get(
        "/jobs", htmx=True, headers={"HX-Current-URL": "http://localhost/jobs?page=3"}
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/jobs?page%3D3"


def test_a_form_sent_after_signing_out_leads_to_the_front_page(stranger: Browser) -> None:
    answer = stranger.post("/jobs", {"anchor_text": "x"})
    assert answer.location == "/sign-in?next=/"


def test_a_wrong_password_keeps_the_address_and_not_the_password(
    stranger: Browser, new_user: NewUser
) -> None:
    new_user()
    answer = stranger.sign_in("editor@example.org", "not my password")
    assert answer.status_code == 401
    assert 'value="editor@example.org"' in answer.text
    assert "not my password" not in answer.text
    assert 'role="alert"' in answer.text


def test_empty_fields_are_told_beside_the_fields(stranger: Browser) -> None:
    answer = stranger.post("/sign-in", {"email": "", "password": ""})
    assert answer.status_code == 422
    assert 'aria-describedby="email-fault"' in answer.text
    assert 'id="password-fault"' in answer.text


def test_who_is_signed_in_goes_on(browser: Browser) -> None:
    assert browser.get("/sign-in?next=/account").location == "/account"


def test_signing_out_ends_it(browser: Browser) -> None:
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.get("/account").status_code == 303


def test_signing_in_gives_a_new_token_against_forgery(stranger: Browser, new_user: NewUser) -> None:
    new_user()
    before = stranger.token()
    stranger.sign_in()
    stale = stranger.post("/sign-out", {"csrf_token": before})
    assert stale.status_code == 403


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/\n/x",
    ],
)
def test_signing_in_leads_to_no_other_site(browser: Browser, evil: str) -> None:
    assert browser.get("/sign-in", query_string={"next": evil}).location == "/"


@given(st.text(alphabet="/\\:@.?#ab \t\n%", max_size=12))
def test_where_to_go_next_is_always_on_this_site(text: str) -> None:
    app = Flask("probe")
    app.add_url_rule("/", "web.jobs.home", lambda: "")
    with app.test_request_context():
        found = htmx.safe_next(text)
    assert found[0] == "/"
    assert found[:2] not in {"//", "/\\"}
    assert found in {text, "/"}


def test_a_viewer_is_not_offered_what_it_may_not_do(new_browser: NewBrowser) -> None:
    from bacowr.accounts.permissions import Role

    viewer = new_browser("viewer@example.org", role=Role.VIEWER)
    page = viewer.get("/jobs").text
    assert "New order" not in page
    assert viewer.get("/jobs/new").status_code == 403
