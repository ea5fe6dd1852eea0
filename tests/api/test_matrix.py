"""Who may do what: every route, drawn from the application, for every role and every owner's id.

A route whose address names a thing of an unknown kind fails here until it says whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, g
from werkzeug.routing import Rule

from bacowr.accounts import invitations, permissions, service
from bacowr.accounts.models import User
from bacowr.accounts.permissions import GRANTED, Permission, Role
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.engine.order import Order
from bacowr.gate.guard import PUBLIC, declared
from bacowr.jobs import service as jobs
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.models import Channel, Webhook
from tests.api import belongings
from tests.plugins.application import NewUser

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

ORDER = Order("publisher.test", "http://target.test:8099/page", "a good read")
SAFE = {"HEAD", "OPTIONS"}
# What an address holds beside the thing it is about, or what belongs to nobody.
PLAIN = {
    "act": "pause",
    "comment_id": "x",
    "event_id": "x",
    "ending": "md",
    "filename": "x",
    "finding_key": "x",
    "kind": "brief",
    "name": "anthropic",
    "resource_id": "x",
    "resource_type": "job",
    "revision": "0001",
    "search_id": "x",
    "session_id": "x",
    "token": "made-up",
    "turned": "on",
    "verb": "suspend",
}
# The log outlives people, so nobody's list is empty there; tests of the log see that theirs is.
LISTS = frozenset({"api_audit.list_user_activity"})

Make = Callable[[User], str]


@transaction
def job_of(owner: User) -> str:
    return jobs.create(ORDER, owner=owner).id


def key_of(owner: User) -> str:
    return service.issue_key(owner, name="theirs", by=None)[0].id


def person(owner: User) -> str:
    return owner.id


OWNED: dict[str, Make] = {"job_id": job_of, "user_id": person, "key_id": key_of}
# Seen by the team; a key is its owner's alone, and admins look after people.
TEAM_S = frozenset({"job_id"}) | belongings.SHARED


def invitation_of(owner: User) -> str:
    return invitations.invite(f"{new_id()}@example.org", role=Role.VIEWER, by=owner)[0].id


OWNED["invitation_id"] = invitation_of


@transaction
def webhook_of(owner: User) -> str:
    hook = Webhook(owner_id=owner.id, url="https://example.com/", events=["job.failed"], secret="x")
    db.session.add(hook)
    db.session.flush()
    return hook.id


@transaction
def delivery_of(owner: User) -> str:
    delivery = Delivery(owner_id=owner.id, event="test", channel=Channel.EMAIL, address="a@b.test")
    delivery.body, delivery.next_try_at = "Told.", clock.now()
    db.session.add(delivery)
    db.session.flush()
    return delivery.id


OWNED |= {"webhook_id": webhook_of, "delivery_id": delivery_of, **belongings.MADE}


def ids_of(name: str, owner: User) -> dict[str, str]:
    """Make a thing of somebody's; give the ids that stand in its address."""
    return belongings.item_of(owner) if name == "item_id" else {name: OWNED[name](owner)}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Give every address with every method that it takes."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith("static"):
            continue
        for method in sorted((rule.methods or set()) - SAFE):
            yield rule, method


def plain(rule: Rule, name: str) -> str:
    """Return something that may stand in the address at this place."""
    choices = getattr(rule._converters[name], "items", None)
    return min(choices) if choices else PLAIN.get(name, "x")


class Asker:
    """Somebody with a key, which every door takes."""

    def __init__(self, app: Flask, user: User | None) -> None:
        self.app, self.user, self.headers = app, user, {}
        if user is not None:
            self.headers["X-API-Key"] = service.issue_key(user, name="test", by=user)[1]

    def ask(self, rule: Rule, method: str, **values: str) -> int:
        """Ask with an empty body; return the status."""
        for name in list(g):
            g.pop(name)
        filled = {name: values.get(name) or plain(rule, name) for name in rule.arguments}
        with self.app.test_request_context():
            path = self.app.url_map.bind("localhost").build(rule.endpoint, filled, method=method)
        sent = belongings.BODIES.get(rule.endpoint, {})
        body: Any = sent if path.startswith("/api/") and method != "GET" else None
        answer = self.app.test_client().open(path, method=method, headers=self.headers, json=body)
        answer.close()
        return answer.status_code


@pytest.fixture
def nobody(app: Flask) -> Asker:
    return Asker(app, None)


def test_every_id_in_an_address_says_whose_it_is(app: Flask) -> None:
    known = OWNED.keys() | PLAIN.keys() | {"item_id"}
    unknown = {
        f"{rule.endpoint}: {name}" for rule, _ in routes(app) for name in rule.arguments - known
    }
    assert not unknown, f"Say in this file whose these are, and who may see them: {unknown}"


def test_nobody_passes_where_somebody_is_needed(app: Flask, nobody: Asker) -> None:
    passed = {
        f"{method} {rule.rule}": status
        for rule, method in routes(app)
        if declared(app.view_functions[rule.endpoint]) != PUBLIC
        and (status := nobody.ask(rule, method)) not in {401, 303, 404}
    }
    assert not passed


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_a_role_is_refused_what_it_is_not_granted(
    app: Flask, new_user: NewUser, role: Role
) -> None:
    asker = Asker(app, new_user(f"{role}@example.org", role=role))
    passed = {
        f"{method} {rule.rule}": status
        for rule, method in routes(app)
        if isinstance(need := declared(app.view_functions[rule.endpoint]), Permission)
        and need not in GRANTED[role]
        and (status := asker.ask(rule, method)) != 403
    }
    assert not passed, f"A {role} must be refused."


@pytest.mark.parametrize("name", [*sorted(OWNED), "item_id"])
def test_another_team_s_id_is_no_id(app: Flask, new_user: NewUser, name: str) -> None:
    asker = Asker(app, new_user("me@example.org", role=Role.ADMIN))
    assert asker.user is not None
    invitations.invite("colleague@example.org", role=Role.EDITOR, by=asker.user)
    stranger = new_user("stranger@example.org", role=Role.ADMIN)
    invitations.invite("theirs@example.org", role=Role.EDITOR, by=stranger)
    told = {}
    for rule, method in routes(app):
        if name in rule.arguments:
            made = ids_of(name, stranger)
            theirs = asker.ask(rule, method, **made)
            none = asker.ask(rule, method, **{each: new_id() for each in made})
            if theirs != none or (theirs < 400 and rule.endpoint not in LISTS):
                told[f"{method} {rule.rule}"] = (theirs, none)
    assert not told, "Another team's thing must be answered as one that doesn't exist."


@pytest.mark.parametrize("name", sorted(TEAM_S))
@pytest.mark.parametrize("role", list(Role))
def test_a_colleague_s_thing_is_answered_as_one_s_own(
    app: Flask, new_user: NewUser, role: Role, name: str
) -> None:
    boss = new_user("boss@example.org", role=Role.ADMIN)
    asker, colleague = Asker(app, new_user(role=role)), new_user("colleague@example.org")
    assert asker.user is not None
    for each in (asker.user, colleague):
        invitations.take_in(each, by=boss)
    told, asked = {}, 0
    for rule, method in routes(app):
        need = declared(app.view_functions[rule.endpoint])
        if name in rule.arguments and isinstance(need, Permission):
            asked += 1
            own = asker.ask(rule, method, **ids_of(name, asker.user))
            theirs = asker.ask(rule, method, **ids_of(name, colleague))
            if own != theirs or (own == 403) is permissions.is_allowed(asker.user, need):
                told[f"{method} {rule.rule}"] = (own, theirs)
    assert asked
    assert not told, "A team's people see each other's work; the role says what they may do."


def test_an_item_is_found_in_its_own_batch_only(app: Flask, new_user: NewUser) -> None:
    asker, stranger = Asker(app, new_user("me@example.org")), new_user("other@example.org")
    assert asker.user is not None
    mine, theirs = ids_of("item_id", asker.user), ids_of("item_id", stranger)
    told = {
        f"{method} {rule.rule}": status
        for rule, method in routes(app)
        if rule.rule.startswith("/api/") and {"batch_id", "item_id"} <= rule.arguments
        for pair in (mine | {"item_id": theirs["item_id"]}, theirs | {"item_id": mine["item_id"]})
        if (status := asker.ask(rule, method, **pair)) != 404
    }
    assert not told


def test_a_body_can_t_name_another_owner(app: Flask, new_user: NewUser) -> None:
    asker = Asker(app, new_user("me@example.org"))
    stranger = new_user("stranger@example.org")
    order = {
        "publisher_domain": "publisher.test",
        "target_url": "http://target.test:8099/page",
        "anchor_text": "a good read",
    }
    assert asker.user is not None
    for name in ("owner_id", "user_id", "team_id"):
        answer = app.test_client().post(
            "/api/v1/jobs", json=order | {name: stranger.id}, headers=asker.headers
        )
        assert answer.status_code == 422 or answer.json["user_id"] == asker.user.id
