"""The orders of the made-up installation, one in each state, and its batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import service as batches
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.review import opening, queries
from bacowr.batches.review import service as reviewing
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.batches.service import Pace, Plan
from bacowr.engine.order import Order
from bacowr.engine.outcome import BlockReason
from bacowr.engine.steps.step import Stage
from bacowr.engine.terms import DealType, Rel
from bacowr.jobs import sample, service
from bacowr.jobs.articles import checking, editing, signing, versions
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.holds import Wanted
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job, JobStep
from bacowr.jobs.outcome import Outcome, outcome_of
from bacowr.jobs.runner import Runner
from bacowr.jobs.states import Decision, JobStatus, QcStatus, SignoffStep

WORKER = "worker-1"
LONG = 10**7  # Seconds for which a made-up worker holds what it is said to run.
CLAIM = "Enligt en undersökning sparar 87 procent av hushållen 12 000 kronor om året."
PLACE = "Vänta sedan en vecka."
DEAL = dataclasses.replace(
    sample.ORDER, deal_type=DealType.PAID, agreed_rel=Rel.SPONSORED, advertiser="Värmebutiken AB"
)
LINKS = (
    ("villaliv.example", "jämföra värmepumpar"),
    ("energikollen.example", "guide till luftvärmepump"),
    ("bostadsnytt.example", "så väljer du värmepump"),
    ("kallvinter.example", "rätt värmepump för huset"),
    ("hemfixarna.example", "luftvärmepump i gamla hus"),
    ("sparwatt.example", "läs guiden"),
)
EARLIER = (
    ("villaliv.example", "bäst i test"),
    ("hemfixarna.example", "installera värmepump"),
    ("kallvinter.example", "värmepump i kallt klimat"),
    ("sparwatt.example", "så sänker du elkostnaden"),
    ("bostadsnytt.example", "värma ett äldre hus"),
    ("energikollen.example", "luft eller berg"),
)
TARGET = "https://varmebutiken.example/guider/luftvarmepump"


@dataclass(frozen=True)
class Orders:
    """Ids of orders and batches by what is to be seen on their pages."""

    jobs: dict[str, str]
    batches: dict[str, str]
    item: str
    job_of_deal: str


def place(app: Flask, owner: User) -> Orders:
    """Make the orders and batches."""
    article = _written(app, owner)
    outputs = _outputs(article)
    jobs = {"article": article.id, "delivered": _delivered(outputs, owner).id}
    jobs |= {
        "queued": _ordered("vinterhem.example", "luftvärmepump bäst i test", owner).id,
        "writing": _under_way(outputs, owner).id,
        "blocked": _blocked(outputs, owner).id,
        "failed": _failed(outputs, owner).id,
        "canceled": _canceled(owner).id,
    }
    for publisher, anchor in EARLIER:
        before = _ordered(publisher, anchor, owner)
        _pass(_arrived(before.id, outcome_of(outputs), outputs))
    running, review = _running(outputs, owner), _in_review(outputs, owner)
    _age()
    return Orders(
        jobs,
        {"running": running.id, "review": review.id, "waiting": _waiting(owner).id},
        item=str(queries.rows_of(review)[0].id),
        job_of_deal=jobs["delivered"],
    )


def _written(app: Flask, owner: User) -> Job:
    """Have an article written, and put a claim into it that no page bears out."""
    job = service.create(DEAL, owner=owner)
    assert Runner(WORKER, app.app_context, app.extensions["equipment"], LONG).run(job.id)
    _mark_real(job)
    base = versions.latest(job)
    assert base is not None
    editing.save(job, base.text.replace(PLACE, CLAIM), base_id=base.id, by=owner)
    return job


@transaction
def _pass(job: Job) -> None:
    """Say that an article was delivered without a question; for lists, not to be looked into."""
    db.session.refresh(job)
    job.status, job.stage, job.block_reason = JobStatus.DELIVERED, Stage.DONE, None
    job.qc_status, job.qc_score = QcStatus.PASS, 97.0


@transaction
def _mark_real(job: Job) -> None:
    db.session.execute(sa.update(Job).where(Job.id == job.id).values(is_demo=False))
    db.session.expire_all()


def _outputs(job: Job) -> dict[str, dict[str, Any]]:
    select = sa.select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
    return {each.name: each.output for each in db.session.scalars(select) if each.output}


def _ordered(publisher: str, anchor: str, owner: User) -> Job:
    order = Order(publisher, TARGET, anchor, language="sv", country="se")
    return service.create(order, owner=owner, estimated_cost_usd=0.08)


def _taken(job_id: str) -> Lease:
    lease = service.claim(job_id, worker=WORKER, seconds=LONG)
    assert lease is not None
    return lease


def _arrived(job_id: str, outcome: Outcome, outputs: dict[str, Any]) -> Job:
    lease = _taken(job_id)
    for name, output in outputs.items():
        service.start_step(lease, name, input_hash="")
        service.finish_step(lease, name, output)
    service.finish(lease, outcome)
    job = db.session.get_one(Job, job_id, populate_existing=True)
    _mark_real(job)
    return job


def _delivered(outputs: dict[str, Any], owner: User) -> Job:
    """Let an article be decided on, signed and delivered."""
    job = _arrived(service.create(DEAL, owner=owner).id, outcome_of(outputs), outputs)
    document = versions.latest(job)
    assert document is not None
    for row in _undecided(job):
        editing.decide(job, row, Decision.ACCEPTED, reason=None, by=owner)
    for step in SignoffStep:
        answers = {each.key: True for each in signing.checklist(step)}
        digest = signing.shown_digest(job, document)
        signing.sign(job, Signature(step, document.id, digest, answers, 240), by=owner)
    return job


def _undecided(job: Job) -> list[str]:
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    return [each.key for each in signing.undecided(report)] if report else []


def _under_way(outputs: dict[str, Any], owner: User) -> Job:
    job = _ordered("husochvarme.example", "välja värmepump till villan", owner)
    _run_until(_taken(job.id), outputs, Stage.WRITE)
    return job


def _run_until(lease: Lease, outputs: dict[str, Any], stage: Stage) -> None:
    for name, output in outputs.items():
        service.start_step(lease, name, input_hash="")
        if name == stage:
            return
        service.finish_step(lease, name, output)


def _blocked(outputs: dict[str, Any], owner: User) -> Job:
    job = _ordered("byggtipset.example", "utgången kampanj", owner)
    message = "The target page answers 404, so nothing can be said about it."
    plain = dataclasses.replace(outcome_of(outputs), drafts=(), qc_status=None, qc_score=None)
    blocked = dataclasses.replace(
        plain, block_reason=BlockReason.TARGET_HTTP, block_message=message
    )
    early = {name: output for name, output in outputs.items() if name not in {"write", "done"}}
    return _arrived(job.id, blocked, early)


def _failed(outputs: dict[str, Any], owner: User) -> Job:
    job = _ordered("energikollen.example", "värmepump med lägst ljud", owner)
    lease = _taken(job.id)
    _run_until(lease, outputs, Stage.WRITE)
    service.fail(lease, code="WRITER_FAILED", message="anthropic: HTTP 529: overloaded.")
    return job


def _canceled(owner: User) -> Job:
    job = _ordered("sparwatt.example", "dubblett av en annan order", owner)
    service.cancel(job, by=owner)
    return job


def _wanted(links: Sequence[tuple[str, str]]) -> list[Wanted]:
    orders = (Order(publisher, TARGET, anchor, language="sv") for publisher, anchor in links)
    return [Wanted(order, row, 0.08) for row, order in enumerate(orders, start=2)]


def _jobs_of(batch: Batch) -> list[str]:
    select = sa.select(Job.id).where(Job.batch_id == batch.id).order_by(Job.batch_row)
    return list(db.session.scalars(select))


@transaction
def _let_go(batch: Batch, status: BatchStatus) -> None:
    db.session.execute(sa.update(Job).where(Job.batch_id == batch.id).values(is_held=False))
    batch.status, batch.started_at = status, clock.now() - timedelta(minutes=12)


def _running(outputs: dict[str, Any], owner: User) -> Batch:
    links = [(publisher, f"{anchor} 2026") for publisher, anchor in LINKS]
    plan = Plan("November, energy", Pace(parallel=2, cap_usd=2.5))
    batch = batches.create(_wanted(links), plan, owner=owner)
    _let_go(batch, BatchStatus.PROCESSING)
    ids, outcome = _jobs_of(batch), outcome_of(outputs)
    for job_id in ids[:2]:
        _pass(_arrived(job_id, outcome, outputs))
    lease = _taken(ids[2])
    service.fail(lease, code="WRITER_FAILED", message="anthropic: HTTP 529: overloaded.")
    _run_until(_taken(ids[3]), outputs, Stage.INTENT)
    return batch


def _in_review(outputs: dict[str, Any], owner: User) -> Batch:
    plan = Plan("Week 47, heat pumps", Pace(cap_usd=5))
    batch = batches.create(_wanted(LINKS), plan, owner=owner)
    _let_go(batch, BatchStatus.PROCESSING)
    for job_id in _jobs_of(batch):
        _arrived(job_id, outcome_of(outputs), outputs)
    _price(batch)
    opening.catch_up(batch)
    items = queries.rows_of(batch)
    rejected = Choice(Verb.REJECT, items[1].version, "The anchor does not fit the paragraph.")
    reviewing.decide(batch, items[1].id, rejected, by=owner)
    return batch


@transaction
def _price(batch: Batch) -> None:
    """Let a batch's articles have cost something, and be through."""
    for number, job_id in enumerate(_jobs_of(batch)):
        values = {"actual_cost_usd": 0.06 + number / 100, "cost_source": "measured"}
        db.session.execute(sa.update(Job).where(Job.id == job_id).values(values))
    batch.status, batch.completed_at = BatchStatus.READY_FOR_REVIEW, clock.now()


def _waiting(owner: User) -> Batch:
    plan = Plan(
        "Tonight, garden",
        start_at=clock.now() + timedelta(hours=9),
        time_zone="Europe/Stockholm",
    )
    links = [("odlarliv.example", "bygga växthus"), ("tradgard.example", "växthus i oktober")]
    return batches.create(_wanted(links), plan, owner=owner)


@transaction
def _age() -> None:
    """Let the orders have been placed one after the other over the last days."""
    placed = list(db.session.scalars(sa.select(Job).order_by(Job.created_at.desc())))
    for number, job in enumerate(placed):
        hours = 0.2 + number * (1 + number / 2)
        job.actual_cost_usd = job.actual_cost_usd or (job.qc_score and 0.07 + number / 500)
        job.created_at -= timedelta(hours=hours)
        if job.started_at and job.status is not JobStatus.PROCESSING:
            job.started_at -= timedelta(hours=hours)
        if job.finished_at:
            job.finished_at -= timedelta(hours=hours - min(hours, 0.15))
