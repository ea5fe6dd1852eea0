"""What refusals mean, and how long a service asks to wait."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.ports import WriterFault
from bacowr.engine.providers.writers import faults, waits

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "delay", "seconds"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, "", 60.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, "", 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 -0000"}, "", 60.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": "9" * 400}, "", None),
        ({"retry-after-ms": "1500", "retry-after": "2"}, "", 1.5),
        ({}, "37s", 37.0),
        ({}, "37.5s", 37.5),
        ({}, "1h2m3s", 3723.0),
        ({}, "a while", None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, "", 360.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, "", 0.02),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "20s"}, "", None),
        (
            {
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:30Z",
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:40Z",
            },
            "",
            40.0,
        ),
        ({"anthropic-ratelimit-requests-remaining": "0"}, "", 0.0),
    ],
)
def test_reads_how_long_to_wait(headers: dict[str, str], delay: str, seconds: float | None) -> None:
    assert waits.asked(headers, delay, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text()), st.text())
def test_any_header_gives_a_time_or_none(headers: dict[str, str], delay: str) -> None:
    found = waits.asked(headers, delay, NOW)
    assert found is None or found >= 0


def google(status: int, kind: str, *details: dict[str, str]) -> bytes:
    error = {"code": status, "message": "No.", "status": kind, "details": [*details, "odd"]}
    return json.dumps([{"error": error}]).encode()


@pytest.mark.parametrize(
    ("status", "body", "fault", "wait"),
    [
        (400, google(400, "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), "key", None),
        (403, google(403, "PERMISSION_DENIED"), "key", None),
        (429, google(429, "RESOURCE_EXHAUSTED", {"retryDelay": "37s"}), "limited", 37.0),
        (503, google(503, "UNAVAILABLE"), "down", None),
        (200, b'{"error": {"type": "rate_limit_error"}}', "limited", None),
        (502, b"<html>Bad gateway</html>", "down", None),
        (418, b"", "garbage", None),
        (404, b'{"error": "model \'x\' not found"}', "address", None),
        (404, b"[]", "address", None),
        (408, b"null", "down", None),
        (402, b'"pay"', "money", None),
        (200, b'{"error": {"type": "overloaded_error"}}', "down", None),
        (200, b"{}", "garbage", None),
    ],
)
def test_reads_every_shape_of_error(
    status: int, body: bytes, fault: str, wait: float | None
) -> None:
    setback = faults.from_answer("Somebody", status, {}, body)
    assert (setback.failed.fault, setback.wait_seconds) == (WriterFault(fault), wait)
    assert setback.is_passing is (fault in {"limited", "down"})
    assert setback.failed.message.startswith("Somebody ")


@given(st.integers(100, 599), st.binary(max_size=200))
def test_any_answer_is_some_fault(status: int, body: bytes) -> None:
    message = faults.from_answer("Somebody", status, {}, body).failed.message
    assert message.isprintable()
    assert len(message) < 300


@pytest.mark.parametrize(
    "secret", ["sk-" + "ant-x1", "sk-" + "proj-***f3", "AIza" + "x-Y_1" * 7, "a" * 32]
)
def test_quotes_nothing_that_looks_like_a_key(secret: str) -> None:
    body = json.dumps({"error": {"message": f"What is {secret}?"}}).encode()
    message = faults.from_answer("Somebody", 400, {}, body).failed.message
    assert message == "Somebody refused the request: What is …?."


def test_an_unknown_error_inside_a_stream_may_have_cost() -> None:
    setback = faults.from_event("Somebody", {"error": {"type": "odd"}}, has_text=False)
    assert setback.failed.fault is WriterFault.GARBAGE
    assert setback.failed.may_cost
    assert not setback.is_passing
