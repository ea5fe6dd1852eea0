"""Signing an article: a named person accepts one version, in two steps (domain 3.13)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.engine.article.difference import digest
from bacowr.engine.checks.model import Finding, QcStatus, Report
from bacowr.jobs import moves, states
from bacowr.jobs.articles import checking, settling, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, SignoffStep
from bacowr.jobs.texts import Document, Signoff

LONGEST_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Question:
    """One line of a checklist."""

    key: str
    text: str


@dataclass(frozen=True)
class Signature:
    """What a person says when signing: the answers, and what was in front of them."""

    step: SignoffStep
    document_id: str
    diff_sha256: str
    answers: Mapping[str, bool]
    seconds_spent: int | None = None


def checklist(step: SignoffStep) -> tuple[Question, ...]:
    """List what a person has to answer with yes in one step."""
    return tuple(Question(key, text) for key, text in _checklists()[step].items())


def of(job: Job) -> Sequence[Signoff]:
    """Return every signature of a job, the earliest first, the voided ones too."""
    select = sa.select(Signoff).where(Signoff.job_id == job.id)
    return db.session.scalars(select.order_by(Signoff.signed_at, Signoff.id)).all()


def valid_of(job: Job) -> dict[SignoffStep, Signoff]:
    """Return the signatures that hold, by their step."""
    return {each.step: each for each in of(job) if each.voided_at is None}


def is_signed(job: Job) -> bool:
    """Tell whether both steps are signed for the version that counts."""
    latest, held = versions.latest(job), valid_of(job)
    return latest is not None and all(
        step in held and held[step].document_id == latest.id for step in SignoffStep
    )


def shown_digest(job: Job, document: Document) -> str:
    """Give the digest of the difference between the first version and this one."""
    first = versions.of(job)[0]
    return digest(first.text if first.id != document.id else "", document.text)


def undecided(report: Report) -> tuple[Finding, ...]:
    """List the findings that a person has yet to decide on."""
    waits = {QcStatus.NEEDS_SIGNOFF, QcStatus.BLOCKED}
    return tuple(each for each in report.findings if each.decidable and each.status in waits)


@transaction
def sign(job: Job, signature: Signature, *, by: User) -> Signoff:
    """Accept the latest version in one step; with both steps signed the job is delivered.

    Raise Conflict when a later version exists, when the checks block the text, or while a red
    finding is undecided; Invalid when the difference wasn't the one shown, or a question of the
    checklist isn't answered with yes.
    """
    moves.lock(job)
    settling.require_open(job)
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    if document is None or report is None:
        raise Conflict("There is no checked article to sign.")
    _require_signable(job, document, report, signature)
    _void_same_step(job, signature.step)
    signoff = Signoff(
        job_id=job.id,
        document_id=document.id,
        step=signature.step,
        text_sha256=document.sha256,
        diff_sha256=signature.diff_sha256,
        signer_id=by.id,
        signer=f"{by.name} <{by.email}>" if by.name else by.email,
        answers={each.text: True for each in checklist(signature.step)},
        evidence=_evidence(job, report),
        seconds_spent=signature.seconds_spent,
    )
    db.session.add(signoff)
    audit.record("job.sign", job, actor=by, step=signature.step, version=document.version)
    db.session.flush()
    if is_signed(job) and job.status is JobStatus.BLOCKED:
        moves.make(job, states.SIGN, actor=by.email)
    return signoff


def _require_signable(job: Job, document: Document, report: Report, signature: Signature) -> None:
    if signature.document_id != document.id:
        raise Conflict("Somebody has saved a later version. Take a look at it before you sign.")
    if report.status is QcStatus.BLOCKED or (job.block_reason not in {None, "NEEDS_SIGNOFF"}):
        raise Conflict("The checks found what must be mended before anybody can sign.")
    if left := undecided(report):
        raise Conflict(f"{len(left)} findings wait for a decision.")
    if signature.diff_sha256 != shown_digest(job, document):
        raise Invalid("Open the difference first.", fields={"diff": ["It isn't the one shown."]})
    missing = {
        each.key: ["Answer this with yes, or don't sign."]
        for each in checklist(signature.step)
        if not signature.answers.get(each.key)
    }
    if missing:
        raise Invalid("The checklist isn't complete.", fields=missing)
    if signature.seconds_spent is not None and not 0 <= signature.seconds_spent <= LONGEST_SECONDS:
        raise Invalid("That is no time.", fields={"seconds": ["Give seconds of one day."]})


def _void_same_step(job: Job, step: SignoffStep) -> None:
    held = valid_of(job).get(step)
    if held is not None:
        raise Conflict(f"This step is signed already, by {held.signer}.")


def _evidence(job: Job, report: Report) -> dict[str, object]:
    found = checking.material(job)
    sources = found.fetched.ledger if found else ()
    return {
        "versions": report.versions,
        "qc_status": report.status,
        "qc_score": report.score,
        "sources": [
            {"url": each.final_url, "sha256": each.sha256, "fetched_at": each.fetched_at}
            for each in sources
            if each.usable
        ],
        "decisions": checking.decisions_of(job),
    }


@cache
def _checklists() -> dict[str, dict[str, str]]:
    text = (resources.files("bacowr.engine.data") / "checklists.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
