"""Secret addresses at which a password is set, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from bacowr.accounts import links, service
from bacowr.accounts.models import UserStatus
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, NotFound
from tests.plugins.application import PASSWORD, NewUser

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def test_a_link_works_once(new_user: NewUser) -> None:
    user = new_user()
    token = links.issue(user, by=None)
    link = links.get(token)
    links.use(link, "another long password")
    signed_in, _ = service.sign_in(user.email, "another long password", lasts=timedelta(hours=1))
    assert signed_in.id == user.id
    with pytest.raises(NotFound):
        links.get(token)
    with pytest.raises(NotFound):
        links.use(link, PASSWORD)


def test_a_bad_password_leaves_the_link(new_user: NewUser) -> None:
    token = links.issue(new_user(), by=None)
    with pytest.raises(Invalid):
        links.use(links.get(token), "short")
    assert links.get(token)


def test_a_new_link_ends_the_one_before(new_user: NewUser) -> None:
    user = new_user()
    first, second = links.issue(user, by=None), links.issue(user, by=None)
    with pytest.raises(NotFound):
        links.get(first)
    assert links.get(second).user.id == user.id


def test_a_link_expires(new_user: NewUser, monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.issue(new_user(), by=None)
    later = clock.now() + links.LASTS
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotFound):
        links.get(token)


def test_a_barred_person_gets_none(new_user: NewUser) -> None:
    user = new_user()
    token = links.issue(user, by=None)
    user.status = UserStatus.SUSPENDED
    db.session.commit()
    with pytest.raises(NotFound):
        links.get(token)
    with pytest.raises(Conflict):
        links.issue(user, by=None)


def test_those_without_a_password_are_listed(app: Flask, new_user: NewUser) -> None:
    user = new_user("b@example.org")
    new_user("a@example.org").password_hash = None
    user.password_hash = None
    db.session.flush()
    assert [one.email for one in links.without_password()] == ["a@example.org", "b@example.org"]
    del app
