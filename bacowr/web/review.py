"""The review of a batch in a browser: the list, one item beside its evidence, decisions."""

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.base.errors import BacowrError, Invalid
from bacowr.batches import queries as batches
from bacowr.batches.models import Batch
from bacowr.batches.review import opening, queries, service
from bacowr.batches.review.service import Choice, Told
from bacowr.batches.review.states import Verb
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.web import approved, desk, htmx

LONGEST_VERSION = 9

bp = Blueprint("review", __name__)


@bp.get("/batches/<batch_id>/review")
@needs(Permission.BATCHES_READ)
def show(batch_id: str) -> str:
    """Show a batch's review: every item, and the one that is asked for beside its evidence."""
    return _page(_batch(batch_id), request.args.get("item", ""))


@bp.get("/batches/<batch_id>/review/<item_id>")
@needs(Permission.BATCHES_READ)
def item(batch_id: str, item_id: str) -> ResponseReturnValue:
    """Show one item alone to a script, and the whole page with it to everybody else."""
    batch = _batch(batch_id)
    if not htmx.is_partial():
        return htmx.go(url_for("web.review.show", batch_id=batch.id, item=item_id))
    return _part(batch, item_id)


@bp.post("/batches/<batch_id>/review/<item_id>")
@needs(Permission.JOBS_SIGN)
def decide(batch_id: str, item_id: str) -> ResponseReturnValue:
    """Decide on an item; what stands against it is told beside it, with nothing lost."""
    batch = _batch(batch_id)
    choice = _choice(request.form.get("version", ""))
    try:
        service.decide(batch, item_id, choice, by=current_user())
    except BacowrError as error:
        if error.status not in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise
        shown = _part if htmx.is_partial() else _page
        return shown(batch, item_id, error), error.status
    if htmx.is_partial():
        return _part(batch, item_id)
    return htmx.go(url_for("web.review.show", batch_id=batch.id, item=item_id))


@bp.post("/batches/<batch_id>/review/bulk")
@needs(Permission.JOBS_SIGN)
def decide_many(batch_id: str) -> str:
    """Decide on all that were chosen, and tell for each what came of it."""
    batch = _batch(batch_id)
    chosen = (each.partition(":") for each in request.form.getlist("item"))
    choices = [(item_id, _choice(version)) for item_id, _, version in chosen]
    if not choices:
        raise Invalid("Choose at least one item.")
    told = service.decide_many(batch, choices, by=current_user())
    return _page(batch, "", told=told)


@bp.get("/batches/<batch_id>/review/approved.zip")
@needs(Permission.BATCHES_READ)
def export(batch_id: str) -> Response:
    """Send what was approved and signed, as Word, HTML and Markdown, with an index."""
    batch = _batch(batch_id)
    packed = approved.pack(batch, by=current_user())
    name = approved.file_name(batch)
    return send_file(packed, "application/zip", as_attachment=True, download_name=name)


def _batch(batch_id: str) -> Batch:
    batch = batches.get(batch_id, owner=current_user())
    opening.catch_up(batch)
    return batch


def _choice(version: str) -> Choice:
    try:
        verb = Verb(request.form.get("verb", ""))
    except ValueError as error:
        raise Invalid("An item is approved, rejected, sent back or opened again.") from error
    known = version.isdecimal() and len(version) <= LONGEST_VERSION
    return Choice(verb, int(version) if known else 0, request.form.get("note"))


def _page(
    batch: Batch, item_id: str, error: BacowrError | None = None, told: Sequence[Told] | None = None
) -> str:
    rows = desk.lines(queries.rows_of(batch))
    return render_template(
        "review/show.html",
        batch=batch,
        rows=rows,
        by_id={each.id: each for each in rows} if told else {},
        tally=queries.tally_of(Counter(each.decision for each in rows)),
        bulk=told,
        signs=desk.SIGNS,
        drawn=desk.drawn(),
        **_item(batch, item_id, error),
    )


def _part(batch: Batch, item_id: str, error: BacowrError | None = None) -> str:
    context = _item(batch, item_id, error)
    return render_template(
        "review/_part.html",
        batch=batch,
        tally=queries.tally(batch),
        signs=desk.SIGNS,
        drawn=desk.drawn(),
        **context,
    )


def _item(batch: Batch, item_id: str, error: BacowrError | None) -> dict[str, object]:
    if not item_id:
        return {"item": None}
    found = queries.get(batch, item_id)
    about = desk.on_desk(found, current_user(), view=request.args.get("view", ""))
    return about | {"row": desk.lines([queries.row_of(found)])[0], "error": error}
