"""The page: choices, webhooks, and the log."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bacowr.accounts import telling, webhooks
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base.db import db, transaction
from bacowr.notifications.events import MEANT, Event
from bacowr.notifications.models import Channel, NotificationPreference, Webhook
from tests.notifications.conftest import Announce, Deliver, Json, NewHook
from tests.plugins.application import PASSWORD, NewUser
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

Post = Callable[..., str]


def opened(client: FlaskClient, path: str, **more: Json) -> TestResponse:
    for name in list(g):  # The tests' own context outlives the request; a real one does not.
        g.pop(name)
    return client.open(path, **more)


def token_of(client: FlaskClient, path: str) -> str:
    found: str = re.findall(r'name="csrf_token" value="([^"]+)"', opened(client, path).text)[0]
    return found


@pytest.fixture
def browser(client: FlaskClient, ann: User) -> FlaskClient:
    """A browser in which Ann is signed in."""
    form = {"email": ann.email, "password": PASSWORD, "csrf_token": token_of(client, "/sign-in")}
    assert opened(client, "/sign-in", method="POST", data=form).status_code == 303
    return client


@pytest.fixture
def post(browser: FlaskClient) -> Post:
    """A function that sends a form of the page, and returns the page that comes of it."""

    def send(path: str, **form: Json) -> str:
        data = form | {"csrf_token": token_of(browser, "/notifications")}
        path = f"/notifications{path}"
        answer = opened(browser, path, method="POST", data=data)
        if answer.status_code == 303:
            answer = opened(browser, answer.headers["Location"])
        return html.unescape(answer.text)

    return send


def hook_of(user: User) -> Webhook:
    db.session.expire_all()
    (found,) = webhooks.owned_by(user)
    return found


def test_the_page_shows_every_event(browser: FlaskClient) -> None:
    page = opened(browser, "/notifications").text
    assert all(words in page for words in MEANT.values())
    assert "No webhooks yet." in page
    assert "Nothing was sent yet." in page


def test_choices_are_kept(ann: User, new_hook: NewHook, post: Post) -> None:
    hook = new_hook(ann).webhook
    chosen = {"mail:job.failed": "on", f"{hook.id}:link.lost": "on"}
    page = post("/choices", mail="on", hour="6", time_zone="Europe/Stockholm", **chosen)
    assert "Your choices are kept." in page
    choices = telling.choices_of(ann)
    assert choices.is_on
    assert (choices.hour, choices.time_zone) == (6, "Europe/Stockholm")
    assert {event for event, is_on in choices.events.items() if is_on} == {Event.JOB_FAILED}
    assert hook_of(ann).events == ["link.lost"]


def test_a_time_zone_that_there_is_not_is_told(ann: User, post: Post) -> None:
    assert "There is no such time zone." in post("/choices", mail="on", hour="6", time_zone="Mars")
    assert not telling.choices_of(ann).is_on


def test_a_webhook_s_secret_is_shown_once(
    ann: User, post: Post, browser: FlaskClient, hook_server: Receiver
) -> None:
    page = post("/webhooks", url=hook_server.url(), description="Relay")
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', page)
    assert secret not in opened(browser, "/notifications").text
    assert secret not in hook_of(ann).secret
    rotated = post(f"/webhooks/{hook_of(ann).id}/rotate")
    (other,) = re.findall(r'value="(whsec_[^"]+)"', rotated)
    assert other != secret


def test_where_an_older_version_posted_to_is_offered(
    ann: User, post: Post, browser: FlaskClient, hook_server: Receiver
) -> None:
    older = hook_server.url("/older")

    @transaction
    def take_over() -> None:
        row = NotificationPreference(owner_id=ann.id, event="*", address=older, is_on=True)
        row.channel = Channel.WEBHOOK
        db.session.add(row)

    take_over()
    page = opened(browser, "/notifications").text
    assert "An older BACOWR posted to" in page
    assert f'value="{older}"' in page
    assert "An older BACOWR" not in post("/webhooks", url=older)


def test_an_inward_address_is_refused(ann: User, post: Post) -> None:
    page = post("/webhooks", url="http://169.254.169.254/latest")
    assert "private or internal" in page
    assert webhooks.owned_by(ann) == []


def test_an_address_can_be_changed(
    ann: User, new_hook: NewHook, post: Post, hook_server: Receiver
) -> None:
    hook = new_hook(ann).webhook
    assert "private" in post(f"/webhooks/{hook.id}", url="http://10.0.0.1/", description="")
    moved = hook_server.url("/moved")
    assert "is changed" in post(f"/webhooks/{hook.id}", url=moved, description="Moved")
    assert (hook_of(ann).url, hook_of(ann).description) == (moved, "Moved")


def test_a_webhook_is_tested_switched_off_and_deleted(
    ann: User, new_hook: NewHook, post: Post, hook_server: Receiver
) -> None:
    hook = new_hook(ann).webhook
    assert "It arrived." in post(f"/webhooks/{hook.id}/test")
    assert len(hook_server.received) == 1
    hook_server.answer_next(500)
    assert "The server answered 500." in post(f"/webhooks/{hook.id}/test")
    assert "is off" in post(f"/webhooks/{hook.id}/off")
    assert not hook_of(ann).is_on
    assert "is on" in post(f"/webhooks/{hook.id}/on")
    assert "is deleted" in post(f"/webhooks/{hook.id}/delete")
    assert webhooks.owned_by(ann) == []


def test_a_test_mail_says_what_came_of_it(post: Post, mailbox: MailCatcher) -> None:
    assert "It arrived." in post("/test-mail")
    mailbox.refusals["RCPT"] = b"550 nobody here"
    assert "refused it: 550" in post("/test-mail")


def test_the_log_shows_attempts_and_sends_again(
    ann: User,
    new_hook: NewHook,
    announce: Announce,
    deliver: Deliver,
    post: Post,
) -> None:
    new_hook(ann)
    announce(ann, Event.LINK_LOST)
    (sent,) = deliver()
    page = post(f"/deliveries/{sent.id}/send-again")
    assert "as soon as a worker is free" in page
    assert "arrived" in page
    assert "Send now" in page
    assert [each.attempts for each in deliver()] == [2]


def test_the_log_can_be_narrowed(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, browser: FlaskClient
) -> None:
    new_hook(ann)
    announce(ann, Event.LINK_LOST)
    deliver()
    asked = {"HX-Request": "true"}
    assert "link.lost" in opened(browser, "/notifications?state=delivered", headers=asked).text
    part = opened(browser, "/notifications?state=dead", headers=asked).text
    assert "Nothing in this state." in part
    assert "<html" not in part


def test_nobody_s_webhook_is_found_by_another(
    new_user: NewUser, new_hook: NewHook, post: Post
) -> None:
    theirs = new_hook(new_user("bob@example.org", role=Role.ADMIN)).webhook
    assert "There is no such webhook." in post(f"/webhooks/{theirs.id}/delete")
