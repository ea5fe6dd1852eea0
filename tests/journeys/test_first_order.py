"""The first order, from a terminal: over HTTP as curl does it, and by `flask jobs create`."""

from __future__ import annotations

import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.journeys.conftest import Served, public_pages

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


@pytest.fixture(scope="module")
def pages() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as server:
        yield server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, pages: HTTPServer) -> Iterator[Served]:
    """One running application for the journeys of this file, that reads the pages."""
    allowed = f"localhost:{pages.port},127.0.0.1:{pages.port}"
    folder = tmp_path_factory.mktemp("journey") / "instance"
    running = Served(folder, FETCH_ALLOW_HOSTS=allowed).wait()
    yield running
    running.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    made = served.flask("accounts", "create-key", "admin@localhost")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_an_order_becomes_a_brief_in_the_terminal(
    served: Served, pages: HTTPServer, key: str
) -> None:
    public_pages(pages)
    order = {
        "publisher_domain": "localhost",
        "target_url": f"http://127.0.0.1:{pages.port}/tz/theory.html",
        "anchor_text": "time zone database",
    }

    before = ask(served, "/jobs", key)["total"]
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
    assert ask(served, "/jobs", key)["total"] == before + 2


def test_a_bad_order_is_told_field_by_field_and_not_stored(served: Served, key: str) -> None:
    before = ask(served, "/jobs", key)["total"]
    order = {"publisher_domain": "10.0.0.1", "target_url": "javascript:alert(1)"}
    try:
        ask(served, "/jobs", key, order)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        error.close()
    assert problem["status"] == 422
    assert set(problem["errors"]) == {"publisher_domain", "target_url", "anchor_text"}
    words = ("--publisher", "10.0.0.1", "--target", "javascript:alert(1)", "--anchor", "")
    refused = served.flask("jobs", "create", "--owner", "admin@localhost", *words)
    assert refused.returncode == 1
    for texts in problem["errors"].values():
        assert texts[0] in refused.stderr
    assert ask(served, "/jobs", key)["total"] == before
