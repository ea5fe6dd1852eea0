import pytest
from flask import Flask, abort

from bacowr.base.errors import QuotaSpent
from bacowr.gate.guard import public
from bacowr.web import htmx
from tests.web.conftest import Browser


@pytest.fixture
def broken(app: Flask, stranger: Browser) -> Browser:
    """A browser on an application with views that fail."""

    @public
    def bug() -> str:
        raise LookupError("secret inside")

    @public
    def spent() -> str:
        raise QuotaSpent("Ten orders an hour is the limit.")

    @public
    def teapot() -> str:
        abort(418)

    app.add_url_rule("/probe/bug", view_func=bug)
    app.add_url_rule("/probe/spent", view_func=spent)
    app.add_url_rule("/probe/teapot", view_func=teapot)
    app.add_url_rule("/probe/folder/", "folder", public(lambda: "folder"))
    return stranger


def test_what_is_not_there_is_a_page_with_a_way_on(browser: Browser) -> None:
    answer = browser.get("/nowhere", headers={"X-Request-ID": "abcdefgh-12345678"})
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert 'href="/"' in answer.text
    assert "abcdefgh-12345678" in answer.text


def test_a_bug_gives_nothing_away_but_its_number(broken: Browser) -> None:
    for as_htmx in (False, True):
        answer = broken.get(
            "/probe/bug", htmx=as_htmx, headers={"X-Request-ID": "abcdefgh-12345678"}
        )
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "abcdefgh-12345678" in answer.text


def test_an_error_reaches_the_person_wherever_htmx_asked(broken: Browser) -> None:
    answer = broken.get("/probe/spent", htmx=True)
    assert answer.status_code == 429
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "Ten orders an hour is the limit." in answer.text
    assert 'role="alert"' in answer.text
    assert "<html" not in answer.text


def test_an_error_without_words_of_ours_has_its_own(broken: Browser) -> None:
    assert "I&#39;m a teapot" in broken.get("/probe/teapot").text


def test_a_redirect_is_no_error(broken: Browser) -> None:
    answer = broken.get("/probe/folder")
    assert answer.status_code == 308
    assert answer.location.endswith("/probe/folder/")


def test_a_wrong_method_says_which_are_right(browser: Browser) -> None:
    answer = browser.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    for path in ("/jobs", "/jobs/sample", "/account/keys", "/account/password", "/sign-out"):
        answer = browser.post(path, {"csrf_token": ""})
        assert answer.status_code == 403, path
        assert "expired" in answer.text


def test_a_token_in_the_header_is_as_good(browser: Browser) -> None:
    token = browser.token()
    answer = browser.client.post(
        "/account/keys", data={"name": "x"}, headers={"X-CSRFToken": token, "HX-Request": "true"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("current", "found"),
    [
        ("http://localhost/jobs?page=2", "/jobs?page=2"),
        ("http://localhost", "/"),
        ("", "/"),
    ],
)
def test_htmx_says_which_page_it_is_on(app: Flask, current: str, found: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": current}
    with app.test_request_context("/jobs/part", headers=headers):
        assert htmx.page_address() == found
