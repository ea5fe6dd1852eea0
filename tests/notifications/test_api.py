"""The API: preferences, webhooks and the log; each sees one's own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask, g
from werkzeug.test import TestResponse

from bacowr.accounts import service
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.notifications.events import Event
from tests.notifications.conftest import Announce, Deliver, Hooked, Json, NewHook
from tests.plugins.application import NewUser
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


class Program:
    """A program with a key."""

    def __init__(self, app: Flask, user: User) -> None:
        self.app, self.key = app, service.issue_key(user, name="test", by=user)[1]

    def ask(self, method: str, path: str, **more: Json) -> TestResponse:
        for name in list(g):  # The tests' own context outlives the request; a real one does not.
            g.pop(name)
        headers = {"X-API-Key": self.key}
        path = f"/api/v1/notifications{path}"
        return self.app.test_client().open(path, method=method, headers=headers, **more)


@pytest.fixture
def program(app: Flask, ann: User) -> Program:
    return Program(app, ann)


def test_preferences_are_changed_in_part(program: Program) -> None:
    before = program.ask("GET", "/preferences").json
    assert before is not None
    assert (before["is_on"], before["has_mail"], before["hour"]) == (False, True, 7)
    assert before["events"]["link.lost"]
    change = {"is_on": True, "events": {"link.lost": False}, "time_zone": "Asia/Tokyo"}
    after = program.ask("PATCH", "/preferences", json=change).json
    assert after == {
        **before,
        "is_on": True,
        "events": before["events"] | {"link.lost": False},
        "time_zone": "Asia/Tokyo",
    }
    wrong = program.ask("PATCH", "/preferences", json={"time_zone": "Mars/Base"})
    assert wrong.status_code == 422


def test_a_webhook_s_life(program: Program, hook_server: Receiver) -> None:
    made = program.ask("POST", "/webhooks", json={"url": hook_server.url()})
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert len(made.json["events"]) == len(Event)
    place = f"/webhooks/{made.json['id']}"
    assert made.headers["Location"].endswith(place)
    shown = program.ask("GET", place).json
    assert shown is not None
    assert "secret" not in shown
    assert program.ask("GET", "/webhooks").json == [shown]
    changed = program.ask("PATCH", place, json={"events": ["link.lost"], "is_on": False}).json
    assert (changed["events"], changed["is_on"], changed["version"]) == (["link.lost"], False, 2)
    rotated = program.ask("POST", f"{place}/rotate").json
    assert rotated["secret"] != made.json["secret"]
    assert rotated["previous_until"]
    assert program.ask("DELETE", place).status_code == 204
    assert program.ask("GET", place).status_code == 404


def test_there_are_ten_webhooks_at_most(program: Program, hook_server: Receiver) -> None:
    asked = [program.ask("POST", "/webhooks", json={"url": hook_server.url()}) for _ in range(11)]
    assert [each.status_code for each in asked] == [201] * 10 + [409]


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://127.0.0.1/"},
        {"url": "https://x.example/", "events": []},
        {"url": "https://x.example/", "events": ["everything"]},
        {"url": "https://x.example/\x00"},
        {},
    ],
)
def test_what_is_no_webhook_is_named(program: Program, body: Json) -> None:
    answer = program.ask("POST", "/webhooks", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_tests_say_what_came_of_them(
    program: Program, hooked: Hooked, hook_server: Receiver, mailbox: MailCatcher
) -> None:
    for path in (f"/webhooks/{hooked.webhook.id}/test", "/test-webhook", "/test-email"):
        answer = program.ask("POST", path, json={})
        assert answer.status_code == 200, answer.text
        assert (answer.json["success"], answer.json["message"]) == (True, "It arrived.")
    hook_server.answer_next(500)
    named = program.ask("POST", "/test-webhook", json={"webhook_id": hooked.webhook.id}).json
    assert (named["success"], named["message"]) == (False, "The server answered 500.")
    log = program.ask("GET", f"/deliveries/{named['delivery_id']}").json
    assert (log["state"], log["log"][0]["code"]) == ("retrying", 500)
    assert len(hook_server.received) == 3
    assert mailbox.mails[0]["To"] == "ann@example.org"


def test_who_has_no_webhook_has_none_to_test(program: Program) -> None:
    assert program.ask("POST", "/test-webhook", json={}).status_code == 409


def test_the_log_is_one_s_own_and_the_admin_s(
    app: Flask,
    hooked: Hooked,
    new_user: NewUser,
    announce: Announce,
    deliver: Deliver,
) -> None:
    announce(hooked.owner)
    (sent,) = deliver()
    other = Program(app, new_user("bob@example.org"))
    admin = Program(app, new_user("boss@example.org", role=Role.ADMIN))
    own = Program(app, db.session.merge(hooked.owner))
    totals = [each.ask("GET", "/deliveries").json["total"] for each in (own, other, admin)]
    assert totals == [1, 0, 1]
    assert other.ask("GET", f"/deliveries/{sent.id}").status_code == 404
    assert admin.ask("GET", f"/webhooks/{hooked.webhook.id}").status_code == 404
    assert own.ask("GET", "/deliveries?state=dead").json["total"] == 0
    again = own.ask("POST", f"/deliveries/{sent.id}/send-again")
    assert (again.status_code, again.json["state"]) == (202, "pending")


def test_what_held_a_secret_can_not_be_sent_again_or_read(program: Program) -> None:
    done = program.ask("POST", "/test-email").json["delivery_id"]
    assert program.ask("GET", f"/deliveries/{done}").json["body"] is None
    assert program.ask("POST", f"/deliveries/{done}/send-again").status_code == 409


def test_every_write_is_in_the_log_without_secrets(
    program: Program, ann: User, new_hook: NewHook, hook_server: Receiver
) -> None:
    hooked = new_hook(ann, url=hook_server.url("/very/secret/path"))
    place = f"/webhooks/{hooked.webhook.id}"
    program.ask("PATCH", place, json={"url": hook_server.url("/other/secret")})
    program.ask("POST", f"{place}/rotate")
    program.ask("POST", f"{place}/test")
    program.ask("PATCH", "/preferences", json={"is_on": True})
    program.ask("DELETE", place)
    rows = db.session.execute(sa.select(AuditEvent.action, AuditEvent.data)).all()
    actions = {row.action for row in rows}
    verbs = ("create", "update", "rotate", "test", "delete")
    assert {f"webhook.{verb}" for verb in verbs} | {"user.set_notifications"} <= actions
    told = str([row.data for row in rows])
    assert "secret/path" not in told
    assert "other/secret" not in told
    assert hooked.secret not in told
    assert hooked.webhook.secret not in told
