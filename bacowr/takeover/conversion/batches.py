"""Batches and their review."""

from typing import Any

from bacowr.accounts.usage import CostSource
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.takeover.conversion import words
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import Known, Row, Unusable
from bacowr.takeover.rules import Rule

NAME_LENGTH, ID_LENGTH = 255, 36
RUNNING = frozenset({BatchStatus.PENDING, BatchStatus.PROCESSING})
REGENERATED = "regenerated"
COUNTERS = ("total_items", "items_approved", "items_rejected", "items_pending_review")


def convert(row: Row, known: Known) -> Records:
    """Turn a batch into one whose counts are counted from its items."""
    owner = row.needed("user_id")
    if owner not in known.ids["users"]:
        raise Unusable(f"its user {owner[:40]!r} is missing ({Rule.ORPHAN})")
    made_at = row.made_at(known, "started_at")
    actual = row.number("actual_total_cost")
    batch: dict[str, Any] = {
        "id": row.id,
        "owner_id": owner,
        "name": row.short("name", NAME_LENGTH) or "",
        "description": row.text("description"),
        "status": _status(row),
        "config": row.mapping("batch_config"),
        "estimated_cost_usd": row.number("estimated_total_cost"),
        "actual_cost_usd": actual,
        "cost_source": None if actual is None else CostSource.ESTIMATE,
        **{name: row.moment(name) for name in ("started_at", "completed_at")},
        **{name: row.moment(name) for name in ("review_started_at", "review_completed_at")},
        "created_at": made_at,
        "updated_at": row.moment("review_completed_at") or made_at,
    }
    if actual is not None:
        row.repair(Rule.LIST_PRICE)
    if row.id in known.ids["drifted"]:
        row.repair(Rule.REVIEW_AGAIN)
    return [(Batch, batch)]


def _status(row: Row) -> BatchStatus:
    status = words.status(row, "status", BatchStatus)
    if status not in RUNNING:
        return status
    row.repair(Rule.INTERRUPTED)
    return BatchStatus.PAUSED


def convert_item(row: Row, known: Known) -> Records:
    """Turn an item into one that can be decided, whatever state it was stuck in."""
    batch, job = row.needed("batch_id"), row.needed("job_id")
    for kind, one in (("batches", batch), ("jobs", job)):
        if one not in known.ids[kind]:
            raise Unusable(f"its row in {kind}, {one[:40]!r}, is missing ({Rule.ORPHAN})")
    reviewer = row.text("reviewed_by")
    if reviewer is not None and reviewer not in known.ids["users"]:
        row.repair(Rule.ORPHAN)
        row.keep("reviewed_by", reviewer)
        reviewer = None
    made_at = row.made_at(known, "reviewed_at")
    score = row.number("qc_score")
    if score == 0:
        row.repair(Rule.NO_SCORE)
    item: dict[str, Any] = {
        "id": row.id,
        "owner_id": known.owners[batch],
        "batch_id": batch,
        "job_id": job,
        "decision": _decision(row),
        "notes": row.text("reviewer_notes"),
        "reviewer_id": reviewer,
        "reviewed_at": row.moment("reviewed_at"),
        "qc_status": words.qc_status(row, row.text("qc_status")),
        "qc_score": score or None,
        "issue_count": row.whole("qc_issues_count"),
        "regeneration_count": max(row.whole("regeneration_count") or 0, 0),
        "original_job_id": row.short("original_job_id", ID_LENGTH),
        "created_at": made_at,
        "updated_at": row.moment("reviewed_at") or made_at,
    }
    return [(ReviewItem, item)]


def _decision(row: Row) -> Decision:
    if row.word("review_status") in {REGENERATED, Decision.REGENERATING}:
        row.repair(Rule.REVIEW_AGAIN)
        return Decision.PENDING
    return words.status(row, "review_status", Decision)
