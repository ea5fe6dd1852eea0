"""The team's people in a browser: invited, joined, barred, and out of reach of other teams."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from bacowr.accounts import people, queries, service
from bacowr.accounts.models import UserStatus
from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.jobs.models import Job
from tests.plugins.application import PASSWORD, NewUser
from tests.web.conftest import Browser, NewBrowser

LINK = re.compile(r'value="http://localhost(/(?:join|password)/[\w-]+)"')


@pytest.fixture
def admin(new_browser: NewBrowser) -> Browser:
    return new_browser("admin@example.org", role=Role.ADMIN)


def link_in(page: str) -> str:
    found = LINK.search(page)
    assert found
    return found[1]


def test_an_invited_person_joins_and_sees_the_team_s_orders(
    admin: Browser, stranger: Browser
) -> None:
    asked = admin.post("/people/invitations", {"email": "new@example.org", "role": "viewer"})
    address = link_in(asked.text)
    assert address not in admin.get("/people").text
    assert "new@example.org" in stranger.get(address).text
    assert stranger.post(address, {"password": "short"}).status_code == 422
    assert stranger.post(address, {"password": PASSWORD, "name": "New"}).status_code == 303
    user = queries.get_by_email("new@example.org")
    boss = queries.get_by_email("admin@example.org")
    assert (user.role, user.team_id) == (Role.VIEWER, boss.team_id)
    assert stranger.get(address).status_code == 404


def test_who_has_an_account_signs_in_to_join(
    admin: Browser, new_browser: NewBrowser, stranger: Browser
) -> None:
    other = new_browser("other@example.org")
    asked = admin.post("/people/invitations", {"email": "Other@example.org", "role": "editor"})
    address = link_in(asked.text)
    assert "/sign-in?next=/join/" in stranger.get(address).text
    assert stranger.post(address, {"password": PASSWORD}).status_code == 409
    third = new_browser("third@example.org")
    assert third.post(address).status_code == 403
    assert other.post(address).status_code == 303
    assert queries.get_by_email("other@example.org").team_id is not None


def test_an_invitation_can_be_sent_anew_and_withdrawn(admin: Browser, stranger: Browser) -> None:
    first = link_in(
        admin.post("/people/invitations", {"email": "a@example.org", "role": "editor"}).text
    )
    found = re.search(r"/people/invitations/([\w-]+)/resend", admin.get("/people").text)
    assert found
    second = link_in(admin.post(f"/people/invitations/{found[1]}/resend").text)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    assert admin.post(f"/people/invitations/{found[1]}/revoke").status_code == 303
    assert stranger.get(second).status_code == 404
    assert admin.post(f"/people/invitations/{found[1]}/revoke").status_code == 409


def test_suspending_ends_every_way_in(admin: Browser, new_browser: NewBrowser, app: Flask) -> None:
    browser = new_browser("b@example.org")
    user = queries.get_by_email("b@example.org")
    _, key = service.issue_key(user, name="script", by=user)
    assert admin.post(f"/people/{user.id}/suspend").status_code == 303
    assert browser.get("/account").status_code == 303
    assert browser.sign_in("b@example.org").status_code == 401
    assert app.test_client().get("/api/v1/auth/me", headers={"X-API-Key": key}).status_code == 401
    admin.post(f"/people/{user.id}/activate")
    assert browser.sign_in("b@example.org").status_code == 303
    assert service.authenticate_key(key) is None, "A revoked key stays revoked."


def test_a_deleted_person_s_work_stays_and_the_address_is_free(
    admin: Browser, new_user: NewUser, pending: Job
) -> None:
    user = queries.get_by_email("editor@example.org")
    admin.post(f"/people/{user.id}/delete")
    assert user.status is UserStatus.DELETED
    assert db.session.get(Job, pending.id) is not None
    assert "is deleted" in admin.get("/people").text
    assert "editor@example.org" not in admin.get("/people").text
    assert admin.post(f"/people/{user.id}/activate").status_code == 404
    assert new_user("editor@example.org").id != user.id


def test_one_s_own_account_is_another_admin_s(admin: Browser) -> None:
    me = queries.get_by_email("admin@example.org")
    assert admin.post(f"/people/{me.id}/suspend").status_code == 409
    assert admin.post(f"/people/{me.id}/role", {"role": "viewer"}).status_code == 409
    assert me.role is Role.ADMIN


def test_roles_quotas_and_links_of_others(
    admin: Browser, new_user: NewUser, stranger: Browser
) -> None:
    user = new_user("b@example.org")
    assert admin.post(f"/people/{user.id}/role", {"role": "viewer"}).status_code == 303
    quota = {"jobs_quota": "7", "tokens_quota": "9"}
    assert admin.post(f"/people/{user.id}/quota", quota).status_code == 303
    assert "0 of 7 jobs" in admin.get("/people").text
    assert admin.post(f"/people/{user.id}/quota/reset").status_code == 303
    address = link_in(admin.post(f"/people/{user.id}/password-link").text)
    assert stranger.post(address, {"password": "another long password"}).status_code == 303
    assert user.role is Role.VIEWER


def test_another_team_s_person_is_not_found(admin: Browser, new_browser: NewBrowser) -> None:
    other = new_browser("boss@example.com", role=Role.ADMIN)
    other.post("/people/invitations", {"email": "x@example.com", "role": "editor"})
    boss = queries.get_by_email("boss@example.com")
    for act in ("suspend", "delete", "quota/reset", "password-link", "take-in"):
        assert admin.post(f"/people/{boss.id}/{act}").status_code == 404
    assert "boss@example.com" not in admin.get("/people").text


def test_taking_in_makes_a_team_and_renames_it(admin: Browser, new_user: NewUser) -> None:
    user = new_user("b@example.org")
    assert admin.post("/people/team", {"name": "North"}).status_code == 404
    assert admin.post(f"/people/{user.id}/take-in").status_code == 303
    assert admin.post(f"/people/{user.id}/take-in").status_code == 409
    assert admin.post("/people/team", {"name": "North"}).status_code == 303
    team = people.team_of(user)
    assert team is not None
    assert team.name == "North"


def test_asking_for_a_password_says_the_same_to_all_and_tells_the_admin(
    admin: Browser, new_user: NewUser, stranger: Browser
) -> None:
    new_user("b@example.org")
    texts = {
        stranger.post("/password", {"email": email}).text
        for email in ("b@example.org", "nobody@example.org")
    }
    assert len({re.sub(r'value="[^"]*"', "", text) for text in texts}) == 1
    assert "asked for a new password" in admin.get("/people").text
    assert stranger.post("/password", {"email": ""}).status_code == 422


def test_other_browsers_are_listed_and_signed_out(browser: Browser, app: Flask) -> None:
    other = Browser(app.test_client())
    other.sign_in()
    page = browser.get("/account").text
    assert "this browser" in page
    found = re.search(r"/account/sessions/([\w-]{36})/revoke", page)
    assert found
    assert browser.post(f"/account/sessions/{found[1]}/revoke").status_code == 303
    assert other.get("/account").status_code == 303
    assert browser.post(f"/account/sessions/{found[1]}/revoke").status_code == 404
    other.sign_in()
    assert browser.post("/account/sessions/revoke-others").status_code == 303
    assert other.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200
