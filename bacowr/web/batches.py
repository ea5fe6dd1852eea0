"""Batches: the list, and one under way."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Invalid
from bacowr.base.paging import count, paginate
from bacowr.batches import queries, scheduling, service
from bacowr.batches.models import Batch
from bacowr.batches.queries import Standing
from bacowr.batches.service import Pace
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.web import batchwords, htmx, numbers

PAGE_SIZE = 20
ROWS_PER_PAGE = 100
MOVES: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "pause": service.pause,
        "resume": service.resume,
        "cancel": service.cancel,
        "retry": service.retry_failed,
    }
)

bp = Blueprint("batches", __name__)


@bp.get("/batches")
@needs(Permission.BATCHES_READ)
def index() -> str:
    """List the batches, newest first; htmx asks for the table again while one runs."""
    page = queries.page_of(
        current_user(), page=numbers.page(request.args.get("page")), size=PAGE_SIZE
    )
    template = "batches/_table.html" if htmx.is_partial() else "batches/index.html"
    return render_template(template, page=page, words=batchwords)


@bp.get("/batches/<batch_id>")
@needs(Permission.BATCHES_READ)
def show(batch_id: str) -> ResponseReturnValue:
    """Show a batch; while it runs, htmx asks again and is told only what is new."""
    standing = queries.standing(queries.get(batch_id, owner=current_user()))
    if htmx.is_partial() and request.args.get("version") == standing.version:
        return "", HTTPStatus.NO_CONTENT
    return _page(standing)


@bp.post("/batches/<batch_id>/<any(pause, resume, cancel, retry):verb>")
@needs(Permission.BATCHES_RUN)
def move(batch_id: str, verb: str) -> ResponseReturnValue:
    """Hold it, go on with it, withdraw what has not ended, or send what failed on its way again."""
    user = current_user()
    batch = queries.get(batch_id, owner=user)
    MOVES[verb](batch, by=user)
    return _back_to(batch)


@bp.post("/batches/<batch_id>/pace")
@needs(Permission.BATCHES_RUN)
def steer(batch_id: str) -> ResponseReturnValue:
    """Change how fast it goes and what it may spend."""
    user = current_user()
    batch = queries.get(batch_id, owner=user)
    try:
        service.steer(batch, read_pace(), by=user)
    except Invalid as error:
        return _page(queries.standing(batch), error), error.status
    return _back_to(batch)


def read_pace() -> Pace:
    """Read the part of a form that says how fast a batch goes; raise Invalid for no numbers."""
    read = numbers.Reader(request.form)
    pace = Pace(
        parallel=read.whole("parallel"),
        starts_per_minute=read.whole("starts_per_minute"),
        cap_usd=read.sum("cap_usd"),
    )
    read.finish()
    return pace


def _back_to(batch: Batch) -> ResponseReturnValue:
    if htmx.is_partial():
        return _page(queries.standing(batch))
    return htmx.go(url_for("web.batches.show", batch_id=batch.id))


def _page(standing: Standing, error: Invalid | None = None) -> str:
    batch = standing.batch
    part = request.args.get("part", "")
    part = part if part in queries.PARTS else ""
    select = queries.rows_of(batch, part)
    total = count(select)
    last = max(1, -(-total // ROWS_PER_PAGE))
    number = min(numbers.page(request.args.get("page")), last)
    rows = paginate(select, page=number, page_size=ROWS_PER_PAGE, total=total)
    return render_template(
        "batches/_batch.html" if htmx.is_partial() else "batches/show.html",
        standing=standing,
        batch=batch,
        rows=rows,
        part=part,
        errors=error.fields if error else {},
        starts=scheduling.local(batch.start_at, batch.time_zone) if batch.start_at else None,
        words=batchwords,
    )
