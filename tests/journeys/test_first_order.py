"""The first order, from a terminal: over HTTP as curl does it, and by `flask jobs create`."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys.conftest import Serve, Served
    from tests.plugins.sites import Site

PATIENCE_SECONDS = 60
ENDED = {"delivered", "blocked", "aborted", "canceled"}


def ask(served: Served, path: str, key: str, body: dict[str, str] | None = None) -> Any:  # noqa: ANN401  # JSON.
    request = urllib.request.Request(
        served.url(f"/api/v1{path}"),
        data=json.dumps(body).encode() if body else None,
        headers={"X-API-Key": key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def test_an_order_becomes_a_brief_in_the_terminal(serve: Serve, publisher: Site) -> None:
    port = publisher.server.port
    served = serve(FETCH_ALLOW_HOSTS=f"localhost:{port},127.0.0.1:{port}").wait()
    made = served.flask("accounts", "create-key", "admin@localhost")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    order = {
        "publisher_domain": "localhost",
        "target_url": f"http://127.0.0.1:{port}/tz/theory.html",
        "anchor_text": "time zone database",
    }

    job = ask(served, "/jobs", key, order)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while job["status"] not in ENDED:
        assert time.monotonic() < deadline, job
        time.sleep(0.2)
        job = ask(served, f"/jobs/{job['id']}", key)
    assert (job["status"], job["block_reason"]) == ("delivered", None), job
    brief = ask(served, f"/jobs/{job['id']}/documents/brief", key)
    assert "Theory and pragmatics" in brief["text"]

    words = ("--publisher", "localhost", "--target", order["target_url"], "--anchor", "time zones")
    created = served.flask("jobs", "create", "--owner", "admin@localhost", *words)
    assert created.returncode == 0, created.stdout + created.stderr
    assert "delivered" in created.stdout + created.stderr
    assert ask(served, "/jobs", key)["total"] == 3  # The sample order is the third.


def test_a_bad_order_is_told_field_by_field_and_not_stored(serve: Serve) -> None:
    served = serve().wait()
    key = served.flask("accounts", "create-key", "admin@localhost").stdout.strip()
    order = {"publisher_domain": "127.0.0.1", "target_url": "javascript:alert(1)"}
    try:
        ask(served, "/jobs", key, order)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        error.close()
    assert problem["status"] == 422
    assert set(problem["errors"]) == {"publisher_domain", "target_url", "anchor_text"}
    words = ("--publisher", "127.0.0.1", "--target", "javascript:alert(1)", "--anchor", "")
    refused = served.flask("jobs", "create", "--owner", "admin@localhost", *words)
    assert refused.returncode == 1
    for texts in problem["errors"].values():
        assert texts[0] in refused.stderr
    assert ask(served, "/jobs", key)["total"] == 1
