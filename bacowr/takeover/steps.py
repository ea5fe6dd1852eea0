"""The steps of a takeover: each older table, in the order of what refers to what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bacowr.accounts.models import User
from bacowr.accounts.usage import UsageEntry
from bacowr.audit.models import AuditEvent
from bacowr.backlinks.models import Backlink
from bacowr.base.db import Model
from bacowr.batches.models import Batch, ReviewItem
from bacowr.campaigns.models import Campaign, Schedule, Template
from bacowr.jobs.models import Job
from bacowr.takeover.conversion import audit, backlinks, batches, campaigns, jobs, usage, users
from bacowr.takeover.conversion.records import Convert
from bacowr.takeover.groups import Groups
from bacowr.takeover.rows import Known
from bacowr.takeover.target import KINDS, Target, Values


@dataclass(frozen=True)
class Step:
    """How one older table is taken over; without a model its rows are dropped by a rule."""

    table: str
    model: type[Model] | None = None
    convert: Convert | None = None
    references: tuple[tuple[str, str], ...] = ()
    """What rows refer to, as pairs of a kind and the column with the id."""


OWNER = ("users", "user_id")
CAMPAIGN = ("campaigns", "campaign_id")
REVIEWED = (("batches", "batch_id"), ("jobs", "job_id"), ("users", "reviewed_by"))
STEPS: tuple[Step, ...] = (
    Step("users", User, users.convert),
    Step("campaigns", Campaign, campaigns.convert, (OWNER,)),
    Step("job_templates", Template, campaigns.convert_template, (OWNER, CAMPAIGN)),
    Step("jobs", Job, jobs.convert, (OWNER,)),
    Step("job_results", UsageEntry, usage.convert, (OWNER, ("jobs", "job_id"))),
    Step("backlinks", Backlink, backlinks.convert, (OWNER,)),
    Step("batches", Batch, batches.convert, (OWNER,)),
    Step("batch_review_items", ReviewItem, batches.convert_item, REVIEWED),
    Step(
        "scheduled_jobs",
        Schedule,
        campaigns.convert_schedule,
        (OWNER, CAMPAIGN, ("templates", "template_id")),
    ),
    Step("audit_logs", AuditEvent, audit.convert),
    Step("publisher_metrics"),
    Step("publisher_insights"),
)


def known_for(
    step: Step, rows: Sequence[Values], groups: Groups, target: Target, at: datetime
) -> Known:
    """Ask today's side what the conversion of these rows has to know."""
    ids: dict[str, Any] = dict(groups.ids)
    for kind, column in step.references:
        ids[kind] = target.present(KINDS[kind], texts(rows, column))
    if step.model is UsageEntry:
        ids["delivered"] = target.delivered(texts(rows, "job_id"))
    owners = target.owners(texts(rows, "batch_id")) if step.model is ReviewItem else {}
    return Known(at, ids, owners)


def texts(rows: Iterable[Values], column: str) -> set[str]:
    """Return the texts in a column."""
    return {value for row in rows if isinstance(value := row.get(column), str)}
