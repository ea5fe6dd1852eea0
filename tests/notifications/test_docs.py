"""What docs/notifications.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bacowr.notifications.events import MAILED, MEANT
from tests.notifications.conftest import Announce, Deliver, Hooked
from tests.plugins.receiver import Receiver

PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_example_checks_a_real_delivery(
    hooked: Hooked, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    named: dict[str, Any] = {}
    exec(example, named)
    is_from_bacowr = named["is_from_bacowr"]
    announce(hooked.owner)
    deliver()
    (request,) = hook_server.received
    sent_at = int(request.headers["webhook-timestamp"])
    assert is_from_bacowr(request.headers, request.body, hooked.secret)
    assert not is_from_bacowr(request.headers, request.body + b" ", hooked.secret)
    assert not is_from_bacowr(request.headers, request.body, "whsec_c29tZWJvZHkgZWxzZQ==")
    assert not is_from_bacowr(request.headers, request.body, hooked.secret, now=sent_at + 301)
    forged = request.headers | {"webhook-id": "msg_another"}
    assert not is_from_bacowr(forged, request.body, hooked.secret)


def test_the_events_stand_there() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| (.*?) \| (yes)? ?\|$", PAGE, re.MULTILINE)
    told = {event: (words, bool(mailed)) for event, words, mailed in rows}
    assert told == {event: (words, event in MAILED) for event, words in MEANT.items()}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_paths_in_mails_lead_somewhere(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    for path in (
        "/jobs/x",
        "/batches/x",
        "/watch/x",
        "/batches",
        "/notifications",
        "/password/x",
        "/join/x",
    ):
        assert addresses.match(path, method="GET")
