"""What a write changed is told before and after; secrets and long texts are not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.audit import service
from bacowr.audit.changing import REDACTED, changes
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db, transaction
from tests.plugins.application import NewUser


def test_only_what_differs_is_told() -> None:
    assert changes({"name": "Ada", "role": "viewer"}, {"name": "Ada", "role": "admin"}) == {
        "role": ["viewer", "admin"]
    }


@pytest.mark.parametrize(
    "name", ["password_hash", "api_key", "key", "Secret", "ciphertext", "token_hash", "key_hash"]
)
def test_secrets_are_told_as_changed_and_no_more(name: str) -> None:
    assert changes({name: "a"}, {name: "b"}) == {name: [REDACTED, REDACTED]}
    assert changes({}, {name: 7}) == {name: [None, REDACTED]}


def test_values_are_told_as_json_carries_them() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    after = {"a": moment, "b": Decimal("1.5"), "c": True, "d": [1], "e": "x" * 201}
    assert {name: pair[1] for name, pair in changes({}, after).items()} == {
        "a": "2026-11-22T00:00:00+00:00",
        "b": "1.5",
        "c": True,
        "d": "[1]",
        "e": "[201 characters]",
    }


def test_a_keyboard_is_no_secret() -> None:
    assert changes({"keyboard": "a"}, {"keyboard": "b"}) == {"keyboard": ["a", "b"]}


def test_a_write_tells_what_it_changed(new_user: NewUser) -> None:
    user = new_user()

    @transaction
    def change(found: User) -> None:
        found.name, found.role, found.password_hash = "Ada", Role.ADMIN, "another"
        service.record("user.update", found, actor=None)

    user.name = "Eve"
    db.session.flush()
    db.session.commit()  # The house's only door is `transaction`; this stands for an earlier one.
    change(user)

    select = sa.select(AuditEvent).where(AuditEvent.action == "user.update")
    assert db.session.scalars(select).one().data == {
        "changes": {
            "name": ["Eve", "Ada"],
            "password_hash": [REDACTED, REDACTED],
            "role": ["editor", "admin"],
        }
    }
