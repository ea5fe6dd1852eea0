"""Every call of a language model is written down before it is made, so that none is paid twice."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bacowr.accounts.usage import CostSource
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Ending, Prompt, Writer, WriterFailed, Written
from bacowr.engine.pricing import STANDARD, PriceTable, cost_usd, price_of
from bacowr.jobs import moves
from bacowr.jobs.heartbeat import Context
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps, holding, tokens
from bacowr.jobs.money.caps import Limits, Standing, Whose
from bacowr.jobs.spending import CallStatus, ModelCall

NO_PRICE = (
    "The price of {model} isn't known, so its calls can't be held against the caps. An admin can"
    " enter it on the page Services, or with `flask providers set-price`."
)
_CAPS = {
    Whose.EVERYBODY: "The cap",
    Whose.TEAM: "Your team's cap",
    Whose.PERSON: "Your own limit",
}
LOST = "The process ended before the answer was kept."


@dataclass(frozen=True)
class RecordedWriter:
    """A writer whose calls for one job are kept: a finished one is never made again.

    A call that could go beyond a cap, or beyond the owner's quota of tokens, is not made: Aborted
    ends the job, which goes on from there when it is tried again under a higher one.
    """

    inner: Writer
    lease: Lease
    context: Context
    caps: Limits
    prices: PriceTable = STANDARD

    @property
    def provider(self) -> str:
        """Name who writes."""
        return self.inner.provider

    @property
    def model(self) -> str:
        """Name the model that writes."""
        return self.inner.model

    def write(self, prompt: Prompt) -> Written:
        """Give the answer that is kept, else ask for it and keep it."""
        with self.context():
            kept, call_id = reserve(self, prompt)
        if kept is not None:
            return kept
        begun, held = time.monotonic(), tokens.most(self.provider, self.model, prompt)
        try:
            written = self.inner.write(prompt)
        except WriterFailed as failed:
            with self.context():
                give_up(call_id, failed, seconds=time.monotonic() - begun, held=held)
            raise
        with self.context():
            keep(call_id, written, self.prices, held=held)
        return written


@transaction
def reserve(writer: RecordedWriter, prompt: Prompt) -> tuple[Written | None, str]:
    """Find the answer that is kept, or write down that it is asked for, with what it may cost.

    Calls are reserved one after another, so that two of them can't share what is left of a cap.
    Raise LeaseLost when the job is in other hands, Aborted when a cap or the quota forbids it. The
    tokens of a call whose process died stay counted, as nobody knows whether it was answered.
    """
    job = moves.lock_held(writer.lease)
    earlier = _calls_of(job, prompt)
    done = next((each for each in earlier if each.status is CallStatus.DONE), None)
    if done is not None:
        return _answer_of(done), done.id
    for each in earlier:
        if each.status is CallStatus.RUNNING:
            each.status, each.finished_at, each.error = CallStatus.LOST, clock.now(), LOST
    asking = Asking(writer.inner, writer.caps, writer.prices)
    return None, begin(job, prompt, asking, attempt=len(earlier) + 1)


@dataclass(frozen=True)
class Asking:
    """Who is asked, under which caps and at which prices."""

    writer: Writer
    caps: Limits
    prices: PriceTable


def begin(job: Job, prompt: Prompt, asking: Asking, *, attempt: int) -> str:
    """Write down that a writer is asked, with what it may cost, and return the call's id.

    Within a unit of work that has locked the job. Raise Aborted when a cap or the quota forbids it.
    """
    caps.lock()
    writer, most = asking.writer, _most_usd(asking, prompt)
    _hold(holding.standings(job, asking.caps), most, writer.model)
    tokens.hold(job, tokens.most(writer.provider, writer.model, prompt))
    call = ModelCall(
        id=new_id(),
        job_id=job.id,
        owner_id=job.owner_id,
        round_number=job.round_number,
        purpose=prompt.purpose,
        attempt=attempt,
        provider=writer.provider,
        model=writer.model,
        prompt_version=prompt.version,
        prompt_sha256=hashlib.sha256(f"{prompt.system}\x1f{prompt.user}".encode()).hexdigest(),
        cost_usd=most,
        cost_source=None if most is None else CostSource.ESTIMATE,
    )
    db.session.add(call)
    return call.id


@transaction
def keep(call_id: str, written: Written, prices: PriceTable, *, held: int) -> None:
    """Keep an answer, and what it cost and took of the quota by the tokens that were reported."""
    call = db.session.get_one(ModelCall, call_id)
    tokens.settle(call, written, held=held)
    call.status, call.finished_at = CallStatus.DONE, clock.now()
    call.answer, call.answered_by, call.ending = written.text, written.model, written.ending
    call.seconds = round(written.seconds, 2)
    call.input_tokens, call.output_tokens = written.input_tokens, written.output_tokens
    price = price_of(written.provider, written.model, prices) or price_of(
        call.provider, call.model, prices
    )
    call.provider = written.provider
    if price and written.input_tokens is not None and written.output_tokens is not None:
        call.cost_usd = cost_usd(price, written.input_tokens, written.output_tokens)
        call.cost_source = CostSource.MEASURED


@transaction
def give_up(call_id: str, failed: WriterFailed, *, seconds: float, held: int) -> None:
    """Note that a call failed; what it may cost stays counted when the provider may charge it."""
    call = db.session.get_one(ModelCall, call_id)
    call.status, call.finished_at = CallStatus.FAILED, clock.now()
    call.error, call.seconds = failed.message, round(seconds, 2)
    if not failed.may_cost:
        call.cost_usd, call.cost_source = 0.0, CostSource.MEASURED
        tokens.release(call, held=held)


def _calls_of(job: Job, prompt: Prompt) -> list[ModelCall]:
    select = sa.select(ModelCall).where(
        ModelCall.job_id == job.id,
        ModelCall.round_number == job.round_number,
        ModelCall.purpose == prompt.purpose,
    )
    return list(db.session.scalars(select.order_by(ModelCall.attempt)))


def _answer_of(call: ModelCall) -> Written:
    return Written(
        text=call.answer or "",
        provider=call.provider,
        model=call.answered_by or call.model,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        ending=Ending(call.ending or Ending.COMPLETE),
        seconds=call.seconds or 0.0,
    )


def _most_usd(asking: Asking, prompt: Prompt) -> float | None:
    """Give the most that a call can cost; None where the model's price is unknown."""
    writer = asking.writer
    price = price_of(writer.provider, writer.model, asking.prices)
    if price is None:
        return None
    answered = tokens.most_answered(writer.provider, writer.model, prompt)
    return cost_usd(price, tokens.sent(prompt), answered)


def _hold(standings: Iterable[Standing], most: float | None, model: str) -> None:
    """Raise Aborted for a call that a cap forbids, or that nobody can hold against a cap."""
    for standing in standings:
        if standing.limit_usd is not None and most is None:
            raise Aborted(AbortCode.PRICE_UNKNOWN, NO_PRICE.format(model=model))
        if not standing.allows(most or 0.0):
            raise Aborted(AbortCode.CAP_REACHED, _told(standing, most or 0.0))


def _told(standing: Standing, most: float) -> str:
    limit = standing.limit_usd or 0.0
    return (
        f"{_CAPS[standing.whose]} of {limit:.2f} USD per {standing.scope} would be passed: "
        f"{standing.spent_usd:.2f} USD are spent, and the next call may cost {most:.2f} USD."
    )
