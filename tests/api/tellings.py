"""Webhooks and deliveries to do something to, and what one would send about them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from flask import Flask

from bacowr.accounts import webhooks
from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.models import Channel
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.settings import MailServer
from tests.plugins.receiver import free_port

HOOK = {"url": "https://example.com/bacowr", "events": ["job.completed"]}


@dataclass
class Tellings:
    """Makes what a person is told; nobody listens at the mail server's port."""

    owner: User
    postroom: Postroom

    @classmethod
    def of(cls, app: Flask, owner: User) -> Tellings:
        """Let the application have a mail server."""
        server = MailServer(
            "127.0.0.1", free_port(), "b@example.org", is_tls=False, starts_tls=False
        )
        postroom = dataclasses.replace(app.extensions["postroom"], mail_server=server)
        app.extensions["postroom"] = postroom
        return cls(owner, postroom)

    def places(self, asked: dict[str, Any]) -> dict[str, str]:
        """Give the ids that an address asks for."""
        makers = {"webhook_id": self._webhook, "delivery_id": self._delivery}
        return {name: make() for name, make in makers.items() if name in asked}

    def body(self, label: str) -> dict[str, Any] | None:
        """Give a body that an operation on notifications takes."""
        prefix = "PATCH /api/v1/notifications"
        named: dict[str, dict[str, Any]] = {
            "/notifications/webhooks": HOOK,
            f"{prefix}/webhooks/{{webhook_id}}": {"is_on": True},
        }
        if label == "/notifications/webhooks":
            self._make_room()
        if label == "/notifications/test-webhook":
            return {"webhook_id": self._webhook()}
        return {**named, f"{prefix}/preferences": {"hour": 6}}.get(label)

    def _make_room(self) -> None:
        for each in webhooks.owned_by(self.owner)[1:]:
            webhooks.delete(each, by=self.owner)

    def _webhook(self) -> str:
        self._make_room()
        return webhooks.create(HOOK, owner=self.owner, postroom=self.postroom)[0].id

    @transaction
    def _delivery(self) -> str:
        row = Delivery(owner_id=self.owner.id, event="test", channel=Channel.EMAIL, address="a@b.c")
        row.body, row.next_try_at = "Told.", clock.now()
        db.session.add(row)
        db.session.flush()
        return row.id
