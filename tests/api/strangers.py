"""People to do something to, and what they would send: each is used up by one request."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bacowr.accounts import bearers, invitations, links
from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.places import Place
from tests.plugins.application import PASSWORD


@dataclass
class Strangers:
    """Makes people, by an admin who looks after them."""

    admin: User
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def new(self) -> User:
        """Make somebody without a team."""
        return accounts.create_user(self.address(), role=Role.EDITOR, password=PASSWORD)

    def address(self) -> str:
        """Give an address that nobody has."""
        return f"stranger{next(self._numbers)}@example.org"

    def body(self, label: str) -> dict[str, Any] | None:
        """Give a body that an operation on people takes."""
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "/auth/login": lambda: {"email": self.new().email, "password": PASSWORD},
            "/auth/register": self._registration,
            "/auth/refresh": lambda: {"refresh_token": self._refresh_token()},
            "/auth/password-reset/request": lambda: {"email": self.address()},
            "/auth/password-reset/confirm": self._reset,
            "/users": lambda: {"email": self.address(), "role": "editor"},
            "PATCH /api/v1/users/{user_id}": lambda: {"name": "Somebody"},
        }
        return makers[label]() if label in makers else None

    def _registration(self) -> dict[str, Any]:
        email = self.address()
        _, secret = invitations.invite(email, role=Role.EDITOR, by=self.admin)
        return {"email": email, "password": PASSWORD, "invitation": secret}

    def _refresh_token(self) -> str:
        return bearers.issue(self.new(), Place()).refresh_token

    def _reset(self) -> dict[str, Any]:
        return {"reset_token": links.issue(self.new(), by=None), "new_password": PASSWORD}
