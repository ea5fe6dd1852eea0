"""Campaigns, templates and schedules of the branch that was never merged."""

from typing import Any

from bacowr.campaigns.models import (
    Campaign,
    CampaignStatus,
    Schedule,
    ScheduleStatus,
    ScheduleType,
    Template,
)
from bacowr.engine.order import LlmProvider, WritingStrategy
from bacowr.takeover.conversion import words
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import Known, Row, Unusable
from bacowr.takeover.rules import Rule

NAME_LENGTH = 255


def convert(row: Row, known: Known) -> Records:
    """Turn a campaign into one of today."""
    campaign = _named(row, known) | {
        "status": words.choice(row, "status", CampaignStatus) or CampaignStatus.PAUSED,
        "color": row.short("color", 32),
        "tags": row.listing("tags"),
        "target_job_count": row.whole("target_job_count"),
        "target_budget_usd": row.number("target_budget_usd"),
        "starts_at": row.moment("start_date"),
        "ends_at": row.moment("end_date"),
    }
    return [(Campaign, campaign)]


def convert_template(row: Row, known: Known) -> Records:
    """Turn a template into one of today."""
    template = _named(row, known) | {
        "campaign_id": _reference(row, known, "campaign_id", "campaigns"),
        "publisher_domain": row.text("publisher_domain", NAME_LENGTH),
        "llm_provider": words.choice(row, "llm_provider", LlmProvider),
        "writing_strategy": words.choice(row, "writing_strategy", WritingStrategy),
        "country": words.country(row),
        "use_ahrefs": row.flag("use_ahrefs"),
        "enable_llm_profiling": row.flag("enable_llm_profiling"),
        "is_favorite": row.flag("is_favorite") or False,
        "tags": row.listing("tags"),
        "use_count": max(row.whole("use_count") or 0, 0),
        "last_used_at": row.moment("last_used_at"),
    }
    return [(Template, template)]


def convert_schedule(row: Row, known: Known) -> Records:
    """Turn a schedule into one that waits for a person: none of them ever ran."""
    row.repair(Rule.NEVER_RAN)
    first = row.moment("scheduled_at")
    kind = words.choice(row, "schedule_type", ScheduleType)
    if first is None or kind is None:
        raise Unusable("it doesn't say when it orders")
    schedule = _named(row, known) | {
        "campaign_id": _reference(row, known, "campaign_id", "campaigns"),
        "template_id": _reference(row, known, "template_id", "templates"),
        "type": kind,
        "pattern": row.short("recurrence_pattern", 255),
        "timezone": row.short("timezone", 64) or "UTC",
        "status": ScheduleStatus.PAUSED,
        "starts_at": first,
        "ends_at": row.moment("recurrence_end_date"),
        "max_runs": row.whole("max_runs"),
        "order": row.mapping("job_config"),
        "last_run_at": row.moment("last_run_at"),
        "last_job_id": row.text("last_job_id", 36),
        "run_count": max(row.whole("run_count") or 0, 0),
        "error_count": max(row.whole("error_count") or 0, 0),
        "last_error": row.text("last_error"),
    }
    row.keep("status", row.text("status"))
    row.keep("last_job_status", row.text("last_job_status"))
    return [(Schedule, schedule)]


def _named(row: Row, known: Known) -> dict[str, Any]:
    owner = row.needed("user_id")
    if owner not in known.ids["users"]:
        raise Unusable(f"its user {owner[:40]!r} is missing ({Rule.ORPHAN})")
    made_at = row.made_at(known, "updated_at")
    return {
        "id": row.id,
        "owner_id": owner,
        "name": row.short("name", NAME_LENGTH) or "",
        "description": row.text("description"),
        "created_at": made_at,
        "updated_at": row.moment("updated_at") or made_at,
    }


def _reference(row: Row, known: Known, name: str, kind: str) -> str | None:
    """Return what a row refers to; a reference to nothing is kept, but counts as none."""
    found = row.text(name)
    if found is None or found in known.ids[kind]:
        return found
    row.repair(Rule.ORPHAN)
    row.keep(name, found)
    return None
