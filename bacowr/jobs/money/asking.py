"""One call that a person asks for outside of a run, on record and under the caps like any other."""

import time
from datetime import timedelta

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, ProviderDown
from bacowr.engine.outcome import Aborted
from bacowr.engine.ports import Prompt, Writer, WriterFailed, Written
from bacowr.engine.pricing import PriceTable
from bacowr.jobs import moves
from bacowr.jobs.articles import settling
from bacowr.jobs.models import Job
from bacowr.jobs.money import costs, ledger, tokens
from bacowr.jobs.money.caps import Limits
from bacowr.jobs.money.ledger import LOST
from bacowr.jobs.spending import CallStatus, ModelCall

PATIENCE = timedelta(minutes=5)
"""So long another call for the same order is waited for; later its process is taken for dead."""


def ask(job: Job, prompt: Prompt, writer: Writer, prices: PriceTable, *, caps: Limits) -> Written:
    """Ask the writer for a person who waits, and count what it cost to the job.

    Raise Conflict when a cap forbids the call, when another one for the job is under way or when
    the job isn't open; ProviderDown when the writer gives no answer.
    """
    call_id = _reserve(job, prompt, ledger.Asking(writer, caps, prices))
    # No unit of work is open from here on: nobody waits for this connection during the call.
    begun, held = time.monotonic(), tokens.most(writer.provider, writer.model, prompt)
    try:
        written = writer.write(prompt)
    except WriterFailed as failed:
        ledger.give_up(call_id, failed, seconds=time.monotonic() - begun, held=held)
        _count(call_id)
        raise ProviderDown(failed.message) from failed
    ledger.keep(call_id, written, prices, held=held)
    _count(call_id)
    return written


@transaction
def _reserve(job: Job, prompt: Prompt, asking: ledger.Asking) -> str:
    moves.lock(job)
    settling.require_open(job)
    earlier = _calls_of(job, prompt)
    now = clock.now()
    for each in earlier:
        if each.status is CallStatus.RUNNING and each.started_at > now - PATIENCE:
            raise Conflict("Another passage of this article is being written. Wait for it.")
        if each.status is CallStatus.RUNNING:
            each.status, each.finished_at, each.error = CallStatus.LOST, now, LOST
    try:
        return ledger.begin(job, prompt, asking, attempt=len(earlier) + 1)
    except Aborted as aborted:
        raise Conflict(aborted.message) from aborted


@transaction
def _count(call_id: str) -> None:
    call = db.session.get_one(ModelCall, call_id)
    costs.add(db.session.get_one(Job, call.job_id), call)


def _calls_of(job: Job, prompt: Prompt) -> list[ModelCall]:
    select = sa.select(ModelCall).where(
        ModelCall.job_id == job.id,
        ModelCall.round_number == job.round_number,
        ModelCall.purpose == prompt.purpose,
    )
    return list(db.session.scalars(select.order_by(ModelCall.attempt)))
