"""Setting a password by a secret link, in a browser."""

from __future__ import annotations

from flask import Flask

from bacowr.accounts import links
from bacowr.accounts.permissions import Role
from tests.plugins.application import NewUser
from tests.web.conftest import Browser


def test_a_link_sets_a_password_and_signs_in(
    app: Flask, new_user: NewUser, stranger: Browser
) -> None:
    user = new_user("new@example.org", role=Role.VIEWER)
    address = f"/password/{links.issue(user, by=None)}"
    assert "new@example.org" in stranger.get(address).text
    refused = stranger.post(address, {"password": "short"})
    assert refused.status_code == 422
    assert 'id="password-fault"' in refused.text
    stranger.post(address, {"password": "another long password"})
    assert "new@example.org" in stranger.get("/account").text
    assert app.test_client().get(address).status_code == 404


def test_a_made_up_link_is_not_found(stranger: Browser) -> None:
    assert stranger.get("/password/made-up").status_code == 404
