"""Every call is on record before it is made; none goes beyond a cap, and none is made twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts import quotas
from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource, UsageEntry
from bacowr.base.db import db
from bacowr.base.errors import Invalid
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Prompt, Purpose, Writer, WriterFailed, WriterFault, Written
from bacowr.jobs import sample, service
from bacowr.jobs.leases import LeaseLost
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps, costs, ledger
from bacowr.jobs.money.ledger import RecordedWriter
from bacowr.jobs.runner import Runner
from bacowr.jobs.spending import CallStatus, CapScope, ModelCall
from bacowr.jobs.states import JobStatus
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.orders import Written as WrittenOrder
from tests.plugins.orders import equipped

PROMPT = Prompt(Purpose.OUTLINE, "outline 1", "Be brief." * 100, "Plan it." * 100, 1000)


@dataclass
class Scripted:
    """A writer that gives one answer after the other; an exception is raised."""

    answers: list[Written | Exception]
    provider: str = "anthropic"
    model: str = "claude-sonnet-4-5"
    asked: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt) -> Written:
        self.asked.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def said(text: str, tokens: tuple[int | None, int | None] = (1000, 500)) -> Written:
    return Written(text, "anthropic", "claude-sonnet-4-5-20250929", *tokens, seconds=1.5)


@pytest.fixture
def job(owner: User) -> Job:
    return sample.create(owner=owner)


def recorded(app: Flask, job: Job, writer: Writer, **limits: float) -> RecordedWriter:
    lease = service.claim(job.id, worker="w1", seconds=60)
    assert lease is not None
    held = {CapScope(name): value for name, value in limits.items()}
    return RecordedWriter(writer, lease, app.app_context, held)


def calls() -> list[ModelCall]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(ModelCall).order_by(ModelCall.attempt)))


def test_an_answer_is_kept_and_given_again(app: Flask, job: Job) -> None:
    inner = Scripted([said("A plan.")])
    writer = recorded(app, job, inner)
    assert writer.write(PROMPT).text == writer.write(PROMPT).text == "A plan."
    assert len(inner.asked) == 1
    (call,) = calls()
    assert (call.status, call.answer, call.prompt_version) == ("done", "A plan.", "outline 1")
    assert (call.input_tokens, call.output_tokens) == (1000, 500)
    assert call.cost_usd == pytest.approx(0.003 + 0.0075)
    assert call.cost_source is CostSource.MEASURED


def test_tokens_that_nobody_reported_leave_an_estimate(app: Flask, job: Job) -> None:
    recorded(app, job, Scripted([said("A plan.", (None, None))])).write(PROMPT)
    (call,) = calls()
    assert call.cost_source is CostSource.ESTIMATE
    assert call.cost_usd is not None
    assert call.cost_usd > 0.015  # A thousand tokens out, and what was sent.


def test_a_model_without_a_price_costs_what_nobody_knows(app: Flask, job: Job) -> None:
    writer = Scripted([Written("A plan.", "compatible", "llama", 10, 10)], "compatible", "llama")
    recorded(app, job, writer).write(PROMPT)
    (call,) = calls()
    assert (call.cost_usd, call.cost_source) == (None, None)
    costs.close(job)
    assert (job.actual_cost_usd, job.cost_source) == (None, None)


def test_an_order_that_is_given_up_has_cost_what_its_calls_did(app: Flask, job: Job) -> None:
    lease = service.claim(job.id, worker="w1", seconds=60)
    assert lease is not None
    RecordedWriter(Scripted([said("A plan.")]), lease, app.app_context, {}).write(PROMPT)
    service.fail(lease, code=AbortCode.WRITER_FAILED, message="No more.")
    assert (job.status, job.cost_source) == ("aborted", CostSource.MEASURED)
    assert job.actual_cost_usd == pytest.approx(0.0105)


def test_a_call_that_failed_for_free_is_asked_again(app: Flask, job: Job) -> None:
    fault = WriterFailed(WriterFault.LIMITED, "Too many calls.")
    writer = recorded(app, job, Scripted([fault, said("A plan.")]))
    with pytest.raises(WriterFailed):
        writer.write(PROMPT)
    assert writer.write(PROMPT).text == "A plan."
    assert [(each.status, each.attempt) for each in calls()] == [("failed", 1), ("done", 2)]
    assert calls()[0].cost_usd == 0.0


def test_a_cut_answer_may_have_cost_something(app: Flask, job: Job) -> None:
    cut = WriterFailed(WriterFault.CUT, "The line broke.", may_cost=True)
    with pytest.raises(WriterFailed):
        recorded(app, job, Scripted([cut])).write(PROMPT)
    (call,) = calls()
    assert call.error == "The line broke."
    assert call.cost_source is CostSource.ESTIMATE
    assert call.cost_usd


def test_a_call_whose_process_died_is_lost_and_made_again(app: Flask, job: Job) -> None:
    writer = recorded(app, job, Scripted([said("A plan.")]))
    ledger.reserve(writer, PROMPT)
    assert writer.write(PROMPT).text == "A plan."
    lost, done = calls()
    assert (lost.status, done.status) == (CallStatus.LOST, CallStatus.DONE)
    assert lost.cost_usd  # It may have been paid.


def test_another_workers_call_is_not_reserved(app: Flask, job: Job) -> None:
    writer = recorded(app, job, Scripted([]))
    service.hand_back(writer.lease)
    with pytest.raises(LeaseLost):
        writer.write(PROMPT)
    assert not calls()


@pytest.mark.parametrize("scope", [CapScope.ORDER, CapScope.DAY, CapScope.MONTH])
def test_no_call_is_made_beyond_a_cap(
    app: Flask, owner: User, scope: CapScope, written: WrittenOrder
) -> None:
    del app
    writer = CannedWriter("anthropic", "claude-sonnet-4-5")
    job = written(owner, writer, caps={scope: 0.02})
    assert not writer.prompts
    assert (job.status, job.error_code) == (JobStatus.ABORTED, "CAP_REACHED")
    assert f"The cap of 0.02 USD per {scope}" in (job.error_message or "")
    assert not calls()


def test_a_job_goes_on_under_a_higher_cap_without_paying_again(
    app: Flask, owner: User, written: WrittenOrder
) -> None:
    writer = CannedWriter("anthropic", "claude-sonnet-4-5")
    outline_only = 0.06
    job = written(owner, writer, caps={CapScope.ORDER: outline_only})
    assert [each.purpose for each in writer.prompts] == [Purpose.OUTLINE]
    assert job.error_code == "CAP_REACHED"
    service.retry(job, by=owner)
    Runner("w2", app.app_context, equipped(app, writer, caps={}), lease_seconds=60).run(job.id)
    assert [each.purpose for each in writer.prompts] == ["outline", "content", "polish"]
    db.session.expire_all()
    assert db.session.get_one(Job, job.id).has_ended


def test_a_batch_has_a_cap_of_its_own(owner: User, job: Job) -> None:
    job.batch_id = "b1"
    db.session.commit()
    assert {each.scope for each in caps.standings(job, {})} == set(CapScope)
    job.batch_id = None
    assert CapScope.BATCH not in {each.scope for each in caps.standings(job, {})}
    del owner


def test_the_teams_own_cap_beats_the_default(owner: User) -> None:
    defaults: dict[CapScope, float | None] = {CapScope.DAY: 10.0}
    caps.set_cap(CapScope.DAY, 3.5, by=owner)
    assert caps.limits(defaults)[CapScope.DAY] == 3.5
    caps.set_cap(CapScope.DAY, None, by=owner)
    assert caps.limits(defaults)[CapScope.DAY] == 10.0
    with pytest.raises(Invalid):
        caps.set_cap(CapScope.DAY, -1, by=owner)


def test_four_fifths_of_a_cap_are_near() -> None:
    assert caps.Standing(CapScope.DAY, 8.0, 10.0).is_near
    assert not caps.Standing(CapScope.DAY, 7.9, 10.0).is_near
    assert caps.Standing(CapScope.DAY, 7.9, None).allows(1e9)


def test_a_finished_order_says_what_it_cost(owner: User, written: WrittenOrder) -> None:
    job = written(owner)
    made = costs.calls_of(job)
    assert [each.purpose for each in made] == ["outline", "content", "polish"]
    assert job.actual_cost_usd == pytest.approx(sum(each.cost_usd or 0 for each in made))
    assert job.cost_source is CostSource.MEASURED
    (used,) = db.session.scalars(sa.select(UsageEntry))
    assert (used.job_id, used.input_tokens) == (
        job.id,
        sum(each.input_tokens or 0 for each in made),
    )
    assert used.is_delivered


def tokens_used(user: User) -> int:
    db.session.expire_all()
    return quotas.standing(user).tokens_used


def test_a_call_holds_what_it_may_take_and_then_counts_what_it_took(
    app: Flask, job: Job, owner: User
) -> None:
    @dataclass
    class Looking(Scripted):
        held: int = 0

        def write(self, prompt: Prompt) -> Written:
            self.held = tokens_used(owner)
            return super().write(prompt)

    inner = Looking([said("A plan."), said("Another.", (None, None))])
    writer = recorded(app, job, inner)
    writer.write(PROMPT)
    assert inner.held >= PROMPT.max_output_tokens
    assert tokens_used(owner) == 1500
    writer.write(replace(PROMPT, purpose=Purpose.CONTENT))
    assert tokens_used(owner) == inner.held, "What nobody reported stays counted as it was held."
    costs.close(job)
    assert tokens_used(owner) == inner.held


def test_a_call_beyond_the_quota_of_tokens_is_not_made(app: Flask, job: Job, owner: User) -> None:
    quotas.set_limits(owner, tokens=1_000, by=owner)
    inner = Scripted([said("A plan.")])
    writer = recorded(app, job, inner)
    with pytest.raises(Aborted, match="The quota of 1,000 tokens a month would be passed") as told:
        writer.write(PROMPT)
    assert told.value.code == AbortCode.TOKENS_SPENT
    assert (inner.asked, calls(), tokens_used(owner)) == ([], [], 0)
    quotas.set_limits(owner, tokens=100_000, by=owner)
    assert writer.write(PROMPT).text == "A plan."


def test_what_was_held_is_given_back_for_a_call_that_took_nothing(
    app: Flask, job: Job, owner: User
) -> None:
    free = WriterFailed(WriterFault.LIMITED, "Too many calls.")
    cut = WriterFailed(WriterFault.CUT, "The line broke.", may_cost=True)
    writer = recorded(app, job, Scripted([free, cut]))
    for expected in (False, True):
        with pytest.raises(WriterFailed):
            writer.write(PROMPT)
        assert (tokens_used(owner) > 0) is expected


def test_a_month_begun_anew_meanwhile_is_never_below_nothing(
    app: Flask, job: Job, owner: User
) -> None:
    @dataclass
    class Resetting(Scripted):
        def write(self, prompt: Prompt) -> Written:
            quotas.reset(owner, by=owner)
            quotas.add_tokens(owner.id, 10)
            return super().write(prompt)

    recorded(app, job, Resetting([said("A plan.")])).write(PROMPT)
    assert tokens_used(owner) == 0
