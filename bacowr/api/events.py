"""Following a job: what happened to it, as a list, and as it happens (server-sent events)."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from marshmallow import Schema, fields, validate

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.api import lists
from bacowr.api.jobs import JOB_ID
from bacowr.api.lists import PagingSchema
from bacowr.api.openapi import Blueprint
from bacowr.base.errors import QuotaSpent
from bacowr.base.paging import Page
from bacowr.gate import tickets
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs import queries, telling
from bacowr.jobs.schemas import JobEventSchema
from bacowr.jobs.telling import Told

EVENT_STREAM = "text/event-stream"
EXTENSION = "streams"
RETRY_MILLISECONDS = 3000
LAST_SEEN = {
    "in": "header",
    "name": "Last-Event-ID",
    "description": "The last event that you have seen: the stream goes on behind it.",
    "schema": {"type": "string"},
}
TICKET = {
    "in": "query",
    "name": tickets.NAME,
    "description": "In place of a key, where no header can be sent; see `POST …/events/ticket`.",
    "schema": {"type": "string"},
}

_event = JobEventSchema()

bp = Blueprint("api_events", __name__, url_prefix="/api/v1", description="Following jobs.")


class TicketSchema(Schema):
    """Leave to follow one job, for a minute."""

    ticket = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "Where it is to be shown."})
    expires_in = fields.Integer(required=True, metadata={"example": tickets.SECONDS})


class StreamedEventSchema(Schema):
    """One event of a stream; `data` is JSON with job_id, status, progress, message, timestamp."""

    id = fields.String(required=True, metadata={"description": "Counts the job's events, from 1."})
    event = fields.String(
        required=True, validate=validate.OneOf(["job:update", "job:completed", "job:error"])
    )
    data = fields.String(required=True)


@dataclass
class Streams:
    """The streams that one process keeps open; each takes one of its threads while it lasts."""

    most: int = 4
    most_of_one: int = 2
    poll_seconds: float = 1.0
    heartbeat_seconds: float = 5.0
    lifetime_seconds: float = 300.0
    _open: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, user_id: str) -> None:
        """Count one more of a person's; raise QuotaSpent when there are too many."""
        with self._lock:
            if self._open.total() >= self.most or self._open[user_id] >= self.most_of_one:
                text = "Too many streams are open. Close one, or ask for the job again and again."
                raise QuotaSpent(text, retry_after_seconds=RETRY_MILLISECONDS // 1000)
            self._open[user_id] += 1

    def give_back(self, user_id: str) -> None:
        """Count one less."""
        with self._lock:
            self._open[user_id] -= 1


def open_for(app: Flask) -> None:
    """Let an application keep streams open."""
    app.extensions[EXTENSION] = Streams()


@bp.route("/jobs/<id:job_id>/events", parameters=JOB_ID)
@bp.arguments(PagingSchema, location="query")
@bp.doc(parameters=[TICKET, LAST_SEEN])
@bp.response(200, lists.schema_of(JobEventSchema))
@bp.alt_response(200, schema=StreamedEventSchema, content_type=EVENT_STREAM)
@bp.alt_response(204, description="The job has ended, and you have seen all of it.")
@needs(Permission.JOBS_READ)
def list_job_events(query: dict[str, Any], job_id: str) -> Response:
    """List what happened to a job, or with `Accept: text/event-stream` tell it as it happens.

    The stream is as at `/ws/jobs/{job_id}`.
    """
    if request.accept_mimetypes.best_match(["application/json", EVENT_STREAM]) == EVENT_STREAM:
        return _stream(job_id)
    events = queries.events_of(queries.get(job_id, owner=current_user()))
    page, size = query["page"], query["page_size"]
    shown = events[(page - 1) * size : page * size]
    return lists.answer(Page(shown, len(events), page, size), _event.dump(shown, many=True))


@bp.route("/ws/jobs/<id:job_id>", parameters=JOB_ID)
@bp.doc(parameters=[TICKET, LAST_SEEN])
@bp.response(200, StreamedEventSchema, content_type=EVENT_STREAM)
@bp.alt_response(204, description="The job has ended, and you have seen all of it.")
@needs(Permission.JOBS_READ)
def follow_job(job_id: str) -> Response:
    """Tell what happens to a job as it happens, as server-sent events, until it ends.

    First comes how it stands, then `job:update` for every change, and at the end `job:completed`
    or `job:error`; the data are `job_id`, `status`, `progress` in percent, `message` and
    `timestamp`. A stream ends after five minutes; a browser then asks again by itself and goes on
    where it was, and is told 204 when there is no more. Each person may keep two open.
    """
    return _stream(job_id)


@bp.route("/jobs/<id:job_id>/events/ticket", parameters=JOB_ID, methods=["POST"])
@bp.response(201, TicketSchema)
@needs(Permission.JOBS_READ)
def issue_ticket(job_id: str) -> dict[str, object]:
    """Give leave to follow a job without a header, for those who can send none.

    It opens this one stream, and only within a minute; ask for another to follow it again.
    """
    queries.get(job_id, owner=current_user())
    path = url_for(".follow_job", job_id=job_id)
    ticket = tickets.issue(path, url_for(".list_job_events", job_id=job_id))
    return {
        "ticket": ticket,
        "url": f"{path}?{tickets.NAME}={ticket}",
        "expires_in": tickets.SECONDS,
    }


def _stream(job_id: str) -> Response:
    user = current_user()
    queries.get(job_id, owner=user)
    told, seen = telling.all_of(job_id), _last_seen()
    if seen and told[-1].is_last and seen >= told[-1].number:
        return Response(status=204)
    streams: Streams = current_app.extensions[EXTENSION]
    streams.take(user.id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # As Flask says.
    following = Following(app, streams, user, job_id, seen or len(told) - 1)
    answer = Response(following.lines(), mimetype=EVENT_STREAM)
    # Also when the stream is never begun, as for HEAD.
    answer.call_on_close(lambda: streams.give_back(user.id))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # A proxy would keep it back until it is long.
    return answer


@dataclass
class Following:
    """One stream: looks at the job again and again, and holds no connection in between."""

    app: Flask
    streams: Streams
    user: User
    job_id: str
    seen: int
    _version: int | None = None

    def lines(self) -> Iterator[str]:
        """Give the stream, piece by piece."""
        begun = written = time.monotonic()
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while (now := time.monotonic()) - begun < self.streams.lifetime_seconds:
            news = self._news()
            if news is None:
                return
            for each in news:
                yield _written(each)
            if news and news[-1].is_last:
                return
            if news:
                written = now
            elif now - written >= self.streams.heartbeat_seconds:
                written = now
                yield ": still here\n\n"  # So that a client that is gone is noticed.
            time.sleep(self.streams.poll_seconds)

    def _news(self) -> list[Told] | None:
        """Read what is new; None when the person may not see it any more."""
        with self.app.app_context():
            version = telling.version_for(self.job_id, self.user)
            if version is None:
                return None
            if version == self._version:
                return []
            told = telling.all_of(self.job_id)
        news, self._version = told[self.seen :], version
        self.seen = len(told)
        return news


def _last_seen() -> int:
    text = request.headers.get("Last-Event-ID", "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000000") else 0


def _written(told: Told) -> str:
    data = asdict(told) | {"timestamp": told.timestamp.isoformat()}
    number = data.pop("number")
    return f"id: {number}\nevent: {told.name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
