"""Jobs: what was ordered, how it ended, and the article that came of it."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from bacowr.accounts.usage import CostSource
from bacowr.engine import pipeline
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.jobs import states
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, Stage, StepStatus
from bacowr.jobs.texts import Document
from bacowr.takeover.conversion import words
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import Known, Row, Unusable, derived
from bacowr.takeover.rules import Rule

INTERRUPTED = "LEGACY_INTERRUPTED"
ABORTED = "LEGACY_ABORTED"
BLOCKED = "LEGACY_QC"
SIMULATED = "legacy_simulated"
PUBLISHER_LENGTH, TARGET_LENGTH, ANCHOR_LENGTH = 255, 2048, 500
KEPT = ("job_package", "qc_report", "execution_log", "metrics")
UNFINISHED = frozenset({JobStatus.PENDING, JobStatus.PROCESSING})
ENDS = {
    JobStatus.DELIVERED: EventType.DELIVERED,
    JobStatus.BLOCKED: EventType.BLOCKED,
    JobStatus.ABORTED: EventType.ABORTED,
    JobStatus.CANCELED: EventType.CANCELED,
}
# The hosts of the older BACOWR's made-up search results.
MADE_UP_HOSTS = re.compile(r"\bexample[123]\.com\b")
# What its template text says of itself, and the sources it made up.
TEMPLATE = re.compile(
    r"\(mock[- ]version\b|- Expertanalys från branschkällor|- Expert analysis from industry sources"
    r"|\[(?:källa|source)\s*\d*\]|PLATSFÖRSLAG|lorem ipsum",
    re.IGNORECASE,
)
MOCK = "mock"
LANGUAGE_LENGTH = 8


def convert(row: Row, known: Known) -> Records:
    """Turn a job into one that ended, with its article, its events and what else it held."""
    owner = row.needed("user_id")
    if owner not in known.ids["users"]:
        raise Unusable(f"its user {owner[:40]!r} is missing ({Rule.ORPHAN})")
    made_at = row.made_at(known, "started_at", "completed_at")
    status, ended = _ending(row)
    finished_at = row.moment("completed_at") or row.moment("started_at") or made_at
    report = row.mapping("qc_report")
    simulated = _is_simulated(row)
    job = {
        "id": row.id,
        "owner_id": owner,
        **_order(row),
        **ended,
        "is_demo": simulated,
        "status": status,
        "stage": Stage.DONE if status is JobStatus.DELIVERED else Stage.RECEIVE,
        "qc_status": words.qc_status(row, report.get("status")),
        **_costs(row),
        "created_at": made_at,
        "updated_at": finished_at,
        "started_at": row.moment("started_at"),
        "finished_at": finished_at,
    }
    if row.whole("retry_count") == 0:
        row.repair(Rule.NEVER_COUNTED)
    for name in KEPT:
        row.keep(name, row.json(name))
    return [
        (Job, job),
        *_article(row, finished_at, simulated=simulated),
        *_events(row, status, made_at, finished_at),
        *_steps(row, status),
    ]


def _order(row: Row) -> dict[str, Any]:
    profiling, ahrefs = row.flag("enable_llm_profiling"), row.flag("use_ahrefs")
    constraints = row.mapping("job_package").get("generation_constraints")
    language = constraints.get("language") if isinstance(constraints, dict) else None
    is_language = isinstance(language, str) and 0 < len(language) <= LANGUAGE_LENGTH
    return {
        "publisher_domain": row.needed("publisher_domain", PUBLISHER_LENGTH).strip().lower(),
        "target_url": row.needed("target_url", TARGET_LENGTH).strip(),
        "anchor_text": row.needed("anchor_text", ANCHOR_LENGTH),
        "language": language if is_language else None,
        "country": words.country(row) or "se",
        "llm_provider": words.choice(row, "llm_provider", LlmProvider) or LlmProvider.AUTO,
        "writing_strategy": words.choice(row, "writing_strategy", WritingStrategy)
        or WritingStrategy.MULTI_STAGE,
        "use_ahrefs": True if ahrefs is None else ahrefs,
        "enable_llm_profiling": True if profiling is None else profiling,
    }


def _ending(row: Row) -> tuple[JobStatus, dict[str, str | None]]:
    """Return how the job ended, and why, as the table's constraints want it."""
    status = words.status(row, "status", JobStatus)
    why: dict[str, str | None] = {"block_reason": None, "error_code": None, "error_message": None}
    message = row.text("error_message")
    if status in UNFINISHED:
        row.repair(Rule.INTERRUPTED)
        said = f"The older BACOWR was replaced while this job was {status}."
        return JobStatus.ABORTED, why | {"error_code": INTERRUPTED, "error_message": said}
    if status is JobStatus.ABORTED:
        said = message or "The older BACOWR gave no reason."
        return status, why | {"error_code": ABORTED, "error_message": said}
    row.keep("error_message", message)
    if status is JobStatus.BLOCKED:
        return status, why | {"block_reason": BLOCKED}
    return status, why


def _costs(row: Row) -> dict[str, Any]:
    actual = row.number("actual_cost")
    if actual is not None:
        row.repair(Rule.LIST_PRICE)
    return {
        "estimated_cost_usd": row.number("estimated_cost"),
        "actual_cost_usd": actual,
        "cost_source": None if actual is None else CostSource.ESTIMATE,
    }


def _is_simulated(row: Row) -> bool:
    """Tell whether the job was run on made-up search results, or its text is the template."""
    package = row.json("job_package")
    meta = package.get("job_meta") if isinstance(package, dict) else None
    made_up = (
        (isinstance(meta, dict) and meta.get("serp_source") == MOCK)
        or MADE_UP_HOSTS.search(json.dumps(package, default=str))
        or _has_provider(row.json("metrics"), MOCK)
        or TEMPLATE.search(row.text("article_text") or "")
    )
    if made_up:
        row.repair(Rule.SIMULATED)
    return bool(made_up)


def _has_provider(value: object, provider: str) -> bool:
    """Tell whether the metrics, however deep, name this provider."""
    if isinstance(value, dict):
        return value.get("provider") == provider or any(
            _has_provider(each, provider) for each in value.values()
        )
    return False


def _article(row: Row, at: datetime, *, simulated: bool) -> Records:
    text = row.text("article_text")
    if not text or not text.strip():
        return []
    domain = row.needed("publisher_domain").strip().lower()
    data = {
        "label": {"sv": "Utkast \N{EN DASH} AI", "en": "AI draft"},
        "file_name": f"utkast-{domain}.md",
        "title": _title(text),
        "text_language": "sv" if row.word("country") in {"", "se"} else "en",
        "tags": [SIMULATED] if simulated else [],
    }
    document = {
        "id": derived("documents", row.id),
        "job_id": row.id,
        "kind": DocumentKind.AI_DRAFT,
        "data": data,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "created_at": at,
    }
    return [(Document, document)]


def _title(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first.lstrip("# ").strip()[:200]


def _events(row: Row, status: JobStatus, made_at: datetime, ended_at: datetime) -> Records:
    def event(kind: EventType, at: datetime, source: JobStatus | None, target: JobStatus) -> Any:  # noqa: ANN401  # A record.
        values = {
            "id": derived("job_events", row.id, kind),
            "job_id": row.id,
            "at": at,
            "actor": "older BACOWR",
            "type": kind,
            "from_status": source,
            "to_status": target,
            "data": {},
        }
        return JobEvent, values

    return [
        event(EventType.CREATED, made_at, None, JobStatus.PENDING),
        event(ENDS[status], ended_at, JobStatus.PROCESSING, status),
    ]


def _steps(row: Row, status: JobStatus) -> Records:
    """Return the steps of a job that can be sent on its way again."""
    if status not in states.RETRY.sources:
        return []
    return [
        (
            JobStep,
            {
                "id": derived("job_steps", row.id, step.name),
                "job_id": row.id,
                "position": position,
                "name": step.name,
                "status": StepStatus.QUEUED,
            },
        )
        for position, step in enumerate(pipeline.STEPS)
    ]
