"""Whether an article may leave the house, and the evidence that goes with it (domain 3.15)."""

from typing import Any

from bacowr.base.errors import Conflict
from bacowr.engine.shapes import to_json
from bacowr.jobs.articles import checking, signing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.money import costs
from bacowr.jobs.states import JobStatus
from bacowr.jobs.texts import Document, Signoff

SIMULATED = "legacy_simulated"


def why_it_stays(job: Job, document: Document | None) -> str | None:
    """Say in a sentence why the job's article can't be exported; None when it can."""
    if document is None:
        return "There is no article to export."
    reasons = (
        (job.is_demo, "What came of sample pages can't be exported."),
        (
            SIMULATED in document.data.get("tags", ()),
            "It is made of simulated data, so it can't be exported.",
        ),
        (
            versions.article_of(document) is None,
            "It is a draft of the older BACOWR; only its text can be taken as it is.",
        ),
        (
            not signing.is_signed(job),
            "The article can be exported when both steps of the sign-off are signed.",
        ),
        (
            job.status is not JobStatus.DELIVERED,
            f"The order is {job.status}, so its article can't be exported.",
        ),
    )
    return next((reason for stays, reason in reasons if stays), None)


def exportable(job: Job) -> Document:
    """Return the signed version of a job's article; raise Conflict when it may not leave."""
    document = versions.latest(job)
    reason = why_it_stays(job, document)
    if document is None or reason is not None:
        raise Conflict(reason or "There is no article to export.")
    return document


def evidence(job: Job, document: Document) -> dict[str, Any]:
    """Give all that the article rests on: checks, decisions, sources, signatures, costs."""
    report, found = checking.report_of(document), checking.material(job)
    calls = costs.calls_of(job)
    return {
        "job_id": job.id,
        "version": document.version,
        "report": to_json(report) if report else None,
        "decisions": [
            {
                "finding": each.finding_key,
                "decision": each.decision,
                "reason": each.reason,
                "by": each.decided_by,
                "at": each.decided_at.isoformat(),
            }
            for each in checking.rows_of(job).values()
        ],
        "sources": [to_json(each) for each in found.fetched.ledger] if found else [],
        "signatures": [_signature(each) for each in signing.valid_of(job).values()],
        "cost_usd": job.actual_cost_usd,
        "cost_source": job.cost_source,
        "models": sorted({each.answered_by or each.model for each in calls}),
    }


def _signature(signoff: Signoff) -> dict[str, Any]:
    return {
        "step": signoff.step,
        "signer": signoff.signer,
        "signed_at": signoff.signed_at.isoformat(),
        "text_sha256": signoff.text_sha256,
        "diff_sha256": signoff.diff_sha256,
        "answers": signoff.answers,
        "seconds_spent": signoff.seconds_spent,
        "evidence": signoff.evidence,
    }
