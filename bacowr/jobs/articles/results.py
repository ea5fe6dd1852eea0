"""A job with everything that came of it, under the names that clients ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource
from bacowr.engine.checks.model import Check, Report
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Stage
from bacowr.jobs import queries
from bacowr.jobs.articles import checking, versions
from bacowr.jobs.models import Job
from bacowr.jobs.money import costs
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.spending import CallStatus, ModelCall
from bacowr.jobs.texts import Document

SMALLEST_USD = 6
ORDERED = ("publisher_domain", "target_url", "anchor_text", "anchor_type", "language", "country")


@dataclass(frozen=True)
class Metrics:
    """What the calls for a job used up; None where a part of a sum isn't known."""

    calls: int
    failed_calls: int
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    cost_source: CostSource | None
    seconds: float


@dataclass(frozen=True)
class FullDetail(JobDetail):
    """A job with the version that counts, what the checks last said, and what it used up."""

    article: Document | None
    qc_report: Json | None
    metrics: Json
    job_package: Json | None

    @property
    def article_text(self) -> str | None:
        """The version that counts, as Markdown."""
        return self.article.text if self.article else None


def detail(job_id: str, *, owner: User) -> FullDetail:
    """Get one of the person's jobs with all that came of it; raise NotFound for any other."""
    found = queries.detail(job_id, owner=owner)
    latest = versions.latest(found.job)
    return FullDetail(
        **{each.name: getattr(found, each.name) for each in fields(JobDetail)},
        article=latest,
        qc_report=report_of(found.job, latest) if latest else None,
        metrics=asdict(metrics_of(costs.calls_of(found.job))),
        job_package=package_of(found),
    )


def report_of(job: Job, document: Document) -> Json | None:
    """Return the last report of a version as JSON; None when it was never checked."""
    report = checking.report_of(document)
    if report is None:
        return None
    return told(report, checking.decisions_of(job)) | {"document_id": document.id}


def told(report: Report, decisions: dict[str, str]) -> Json:
    """Return a report as JSON, each finding with its key and what was decided on it."""
    checks = [_check(each, decisions) for each in report.checks]
    return to_json(report) | {"checks": checks}


def _check(check: Check, decisions: dict[str, str]) -> Json:
    findings = [
        to_json(each) | {"key": each.key, "decision": decisions.get(each.key)}
        for each in check.findings
    ]
    return to_json(check) | {"findings": findings}


def metrics_of(calls: Sequence[ModelCall]) -> Metrics:
    """Add up what calls used up; without any call there is nothing to measure a cost of."""
    costed = _sum(each.cost_usd for each in calls)
    measured = all(each.cost_source is CostSource.MEASURED for each in calls)
    answered = [each for each in calls if each.status is CallStatus.DONE]
    return Metrics(
        calls=len(calls),
        failed_calls=sum(each.status in {CallStatus.FAILED, CallStatus.LOST} for each in calls),
        input_tokens=_whole(each.input_tokens for each in answered),
        output_tokens=_whole(each.output_tokens for each in answered),
        cost=None if costed is None or not calls else round(costed, SMALLEST_USD),
        cost_source=(CostSource.MEASURED if measured else CostSource.ESTIMATE) if calls else None,
        seconds=round(sum(each.seconds or 0.0 for each in calls), 2),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    listed = list(values)
    known = [each for each in listed if each is not None]
    return sum(known) if len(known) == len(listed) else None


def _whole(values: Iterable[int | None]) -> int | None:
    total = _sum(values)
    return None if total is None else int(total)


def package_of(detail: JobDetail) -> Json | None:
    """Put what the steps found out together as older clients know it; None before they ran.

    Only what was really found out is in it: a part whose step hasn't run is null.
    """
    job, outputs = detail.job, {step.name: step.output for step in detail.steps}
    profiles, serp, intents = (
        outputs.get(stage) for stage in (Stage.PROFILE, Stage.SERP, Stage.INTENT)
    )
    if profiles is None:
        return None
    return {
        "job_meta": {"job_id": job.id, "created_at": job.created_at.isoformat()},
        "input_minimal": {name: getattr(job, name) for name in ORDERED},
        "publisher_profile": profiles.get("publisher"),
        "target_profile": profiles.get("target"),
        "anchor_profile": profiles.get("anchor"),
        "serp_research_extension": serp,
        "intent_extension": intents,
        "generation_constraints": {
            "language": profiles.get("language"),
            "writing_profile": job.writing_profile,
            "writing_strategy": job.writing_strategy,
        },
    }
