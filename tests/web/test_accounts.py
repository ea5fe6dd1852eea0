import re

from flask import Flask

from bacowr.accounts import preferences, queries, service
from bacowr.accounts.models import User
from tests.plugins.application import PASSWORD, NewUser
from tests.web.conftest import Browser

KEY = re.compile(r"bcw_[0-9a-f]{12}_[\w-]{43}")
NEW_PASSWORD = "another long password"


def test_the_account_page_says_who_one_is(browser: Browser) -> None:
    page = browser.get("/account").text
    assert "editor@example.org" in page
    assert "reads and places orders" in page
    assert "No keys yet" in page


def test_a_new_key_is_shown_once_and_works(browser: Browser, app: Flask) -> None:
    part = browser.post("/account/keys", {"name": "Nattlig import <b>"}, htmx=True)
    assert part.status_code == 200
    assert "<html" not in part.text
    found = KEY.search(part.text)
    assert found
    assert "Nattlig import &lt;b&gt;" in part.text
    answer = app.test_client().get("/api/v1/jobs", headers={"X-API-Key": found[0]})
    assert answer.status_code == 200
    page = browser.get("/account").text
    assert found[0] not in page
    assert found[0][:16] in page


def test_a_key_can_be_made_without_scripts(browser: Browser) -> None:
    page = browser.post("/account/keys", {"name": "script"})
    assert "<html" in page.text
    assert KEY.search(page.text)


def test_a_key_without_a_name_is_refused_beside_the_field(browser: Browser, editor: User) -> None:
    for htmx in (True, False):
        answer = browser.post("/account/keys", {"name": ""}, htmx=htmx)
        assert answer.status_code == 422
        assert 'id="name-fault"' in answer.text
    assert queries.keys_of(editor) == []


def test_a_revoked_key_is_gone(browser: Browser, editor: User) -> None:
    for htmx in (True, False):
        key, text = service.issue_key(editor, name="old script", by=editor)
        answer = browser.post(f"/account/keys/{key.id}/revoke", htmx=htmx)
        assert answer.status_code == (200 if htmx else 303)
        assert "old script" not in answer.text
        assert service.authenticate_key(text) is None
        again = browser.post(f"/account/keys/{key.id}/revoke", htmx=htmx)
        assert again.status_code == 409


def test_somebody_else_s_key_is_not_found(browser: Browser, new_user: NewUser) -> None:
    key, text = service.issue_key(new_user("other@example.org"), name="theirs", by=None)
    assert browser.post(f"/account/keys/{key.id}/revoke").status_code == 404
    assert service.authenticate_key(text) is not None


def test_a_key_that_was_used_says_when(browser: Browser, editor: User) -> None:
    _, text = service.issue_key(editor, name="script", by=editor)
    assert "never" in browser.get("/account").text
    service.authenticate_key(text)
    assert "never" not in browser.get("/account").text


def test_a_new_password_signs_out_other_browsers_and_not_this_one(
    browser: Browser, app: Flask
) -> None:
    other = Browser(app.test_client())
    other.sign_in()
    answer = browser.post(
        "/account/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    )
    assert answer.location == "/account"
    assert "Your password is changed" in browser.get("/account").text
    assert other.get("/account").status_code == 303
    assert other.sign_in(password=PASSWORD).status_code == 401
    assert other.sign_in(password=NEW_PASSWORD).status_code == 303


def test_a_wrong_current_password_changes_nothing(browser: Browser, stranger: Browser) -> None:
    answer = browser.post(
        "/account/password", {"current_password": "wrong", "new_password": NEW_PASSWORD}
    )
    assert answer.status_code == 422
    assert 'id="current_password-fault"' in answer.text
    assert NEW_PASSWORD not in answer.text
    assert stranger.sign_in(password=PASSWORD).status_code == 303


def test_a_short_new_password_is_refused_beside_the_field(browser: Browser) -> None:
    answer = browser.post(
        "/account/password", {"current_password": PASSWORD, "new_password": "short"}
    )
    assert answer.status_code == 422
    assert 'id="new_password-fault"' in answer.text


def test_orders_begin_with_what_the_account_says(browser: Browser) -> None:
    sent = {"language": "en", "country": "no", "writing_profile": "flow", "daily_limit_usd": "2,5"}
    assert browser.post("/account/preferences", sent | {"enabled": "true"}).location == "/account"
    page = browser.get("/account").text
    assert 'name="daily_limit_usd" type="text" value="2.5"' in page
    order = browser.get("/jobs/new").text
    for code in ('value="en" selected>English', 'value="no" selected>Norway'):
        assert code in order
    assert 'value="gb" selected' in browser.get("/jobs/new?country=gb").text
    browser.post("/account/preferences", {})
    assert 'value="se" selected' in browser.get("/jobs/new").text


def test_preferences_that_no_order_could_take_are_refused(browser: Browser, editor: User) -> None:
    for sent in ({"language": "xx"}, {"daily_limit_usd": "much"}, {"per_job_limit_usd": "-1"}):
        answer = browser.post("/account/preferences", sent)
        assert answer.status_code == 422
        assert "is-invalid" in answer.text
    assert preferences.defaults_of(editor) == {}
