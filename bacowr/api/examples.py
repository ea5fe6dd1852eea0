"""What the description shows: one order, the job it becomes, and one problem of each kind."""

from http import HTTPStatus
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES

ORDER: dict[str, Any] = {
    "publisher_domain": "example.com",
    "target_url": "https://example.org/guide",
    "anchor_text": "a good guide",
    "language": "en",
    "country": "gb",
    "deal_type": "paid",
    "agreed_rel": "sponsored",
    "advertiser": "Example Ltd",
}
JOB: dict[str, Any] = {
    "id": "0b6f3f0e-6c0e-4c5b-9a4e-2f1d7c1b8a55",
    "user_id": "7d1c2f9a-43c5-4a0b-8a53-5f6f6a2a9c10",
    "publisher_domain": "example.com",
    "target_url": "https://example.org/guide",
    "anchor_text": "a good guide",
    "language": "en",
    "country": "gb",
    "llm_provider": "auto",
    "writing_strategy": "multi_stage",
    "is_demo": False,
    "status": "pending",
    "stage": "receive",
    "block_reason": None,
    "qc_status": None,
    "qc_score": None,
    "estimated_cost": None,
    "actual_cost": None,
    "cost_source": None,
    "created_at": "2026-11-22T08:30:00.000000+00:00",
    "updated_at": "2026-11-22T08:30:00.000000+00:00",
    "started_at": None,
    "completed_at": None,
    "error_code": None,
    "error_message": None,
    "version": 1,
}
JOB_LIST: dict[str, Any] = {
    "items": [JOB],
    "total": 1,
    "page": 1,
    "page_size": 20,
    "total_pages": 1,
}
ESTIMATE: dict[str, Any] = {
    "provider": "anthropic",
    "model": "claude-sonnet-5-5",
    "strategy": "multi_stage",
    "num_jobs": 175,
    "language": "sv",
    "is_connected": True,
    "input_tokens": 12000,
    "output_tokens": 4500,
    "per_job": 0.1035,
    "total": 18.1125,
    "seconds": 15750,
    "cost_source": "estimate",
    "checked_on": "2026-11-10",
}
CANCELED: dict[str, Any] = JOB | {
    "status": "canceled",
    "completed_at": "2026-11-22T08:31:00.000000+00:00",
    "updated_at": "2026-11-22T08:31:00.000000+00:00",
    "version": 2,
}
DETAILS: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The body is not valid JSON: Expecting value (line 1, column 7).",
    HTTPStatus.UNAUTHORIZED: "Sign in, or send an API key.",
    HTTPStatus.FORBIDDEN: "Your role (viewer) does not allow jobs.create.",
    HTTPStatus.NOT_FOUND: "There is no such job.",
    HTTPStatus.CONFLICT: f"Job {JOB['id']} is delivered, so it can't become canceled.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 2 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "Send JSON, with the header Content-Type: application/json."
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: "The order has faults.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests of this kind. Try again in 34 seconds.",
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "Something went wrong (c2b1a7de-2c44-4f2c-a0c1-1b0d4d8e9f11)."
    ),
    HTTPStatus.BAD_GATEWAY: "Anthropic can't be reached.",
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Google is not connected to this installation, so nothing was sent there."
    ),
}


def problem(status: HTTPStatus) -> dict[str, Any]:
    """Return the body of a problem of this kind."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": int(status),
        "detail": DETAILS[status],
        "request_id": "c2b1a7de-2c44-4f2c-a0c1-1b0d4d8e9f11",
    }
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        body["errors"] = {"anchor_text": ["This field is required."]}
    return body
