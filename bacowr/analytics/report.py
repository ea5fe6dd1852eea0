"""The report on a campaign for whom the work is done: links, anchors, costs and approvals."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bacowr.analytics.analysis import Analysis
from bacowr.analytics.library import SOON_DAYS
from bacowr.analytics.scope import Scope
from bacowr.analytics.tables import line
from bacowr.backlinks import statistics
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.queries import is_expiring
from bacowr.backlinks.tables import BOM
from bacowr.base.db import db
from bacowr.jobs.models import Job
from bacowr.jobs.texts import Signoff

MOST_LISTED = 500
CENTS = 100

Told = dict[str, Any]


def of(about: Analysis) -> Told:
    """Tell what there is to report: links as they are now, orders of the period.

    Costs keep what was measured, what was estimated and what nobody knows apart; so do prices
    their currencies.
    """
    scope, total, recent = about.scope, about.total, about.recent
    health, share = about.health, about.total.total
    return {
        "campaign": scope.wanted.campaign or None,
        "publisher": scope.wanted.publisher or None,
        "period": {"from": about.period.since.isoformat(), "to": about.period.until.isoformat()},
        "links": {
            "total": health.total,
            "by_state": dict(health.placements),
            "by_type": _counted(scope, Backlink.link_type),
            "by_deal": _counted(scope, Backlink.deal_type),
            "health": dict(health.watches),
            "expiring_within_30_days": _expiring(scope),
            "prices": _prices(scope),
        },
        "anchors": _anchors(scope),
        "orders": {
            "total": share.orders,
            "by_status": dict(total.statuses),
            "by_checks": dict(total.qc),
            "mean_score": _rounded(share.mean_score),
        },
        "costs_usd": {
            "measured": _rounded(share.measured_usd),
            "estimated": _rounded(share.estimated_usd),
            "quoted_before": _rounded(share.quoted_usd),
            "orders_of_unknown_cost": share.unknown,
        },
        "median_seconds": {
            "to_done": _rounded(recent.seconds),
            "to_sign_off": _rounded(recent.seconds_to_sign),
        },
        "approvals": _approvals(about),
    }


def as_csv(told: Mapping[str, Any]) -> Iterator[str]:
    """Write a report as CSV of three columns: where a figure stands, what it is, and the figure."""
    yield BOM + line(["section", "item", "value"])
    for path, value in _flattened(told):
        section, _, item = path.partition(".")
        yield line([section, item, value])


def _flattened(told: object, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(told, dict):
        pairs = told.items()
    elif isinstance(told, list):
        pairs = {str(number): each for number, each in enumerate(told, 1)}.items()
    else:
        yield path, told
        return
    for name, inner in pairs:
        yield from _flattened(inner, f"{path}.{name}" if path else str(name))


def _deals(scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [scope.of_owners(Backlink.owner_id)]
    if scope.wanted.campaign:
        found.append(Backlink.campaign == scope.wanted.campaign)
    if scope.wanted.publisher:
        found.append(Backlink.publisher_domain == scope.wanted.publisher)
    return found


def _counted(scope: Scope, column: Any) -> dict[str, int]:  # noqa: ANN401  # A mapped attribute.
    select = sa.select(column, sa.func.count()).where(*_deals(scope)).group_by(column)
    rows = [(str(row[0] or "unknown"), row[1]) for row in db.session.execute(select)]
    return dict(sorted(rows))


def _anchors(scope: Scope) -> Told:
    """Tell the mix of anchors, and the budget that exact ones are held to."""
    mix = _counted(scope, Backlink.anchor_type)
    typed = sum(count for name, count in mix.items() if name != "unknown")
    is_enough = typed >= statistics.LEAST_SAMPLE
    return {
        "mix": mix,
        "exact_share": _rounded(mix.get("exact", 0) / typed) if is_enough else None,
        "most_exact_share": statistics.MOST_EXACT_SHARE,
        "least_sample": statistics.LEAST_SAMPLE,
        "label": statistics.BUDGET_LABEL,
    }


def _expiring(scope: Scope) -> list[Told]:
    select = (
        sa.select(Backlink)
        .where(*_deals(scope), is_expiring(SOON_DAYS))
        .order_by(Backlink.expires_on, Backlink.id)
        .limit(MOST_LISTED)
    )
    return [
        {
            "expires_on": each.expires_on.isoformat() if each.expires_on else None,
            "publisher": each.publisher_domain,
            "page": each.publisher_url,
            "target": each.target_url,
            "anchor": each.anchor_text,
        }
        for each in db.session.scalars(select)
    ]


def _prices(scope: Scope) -> dict[str, float]:
    select = (
        sa.select(Backlink.currency, sa.func.sum(Backlink.price_cents))
        .where(*_deals(scope), Backlink.currency.is_not(None))
        .group_by(Backlink.currency)
        .order_by(Backlink.currency)
    )
    return {str(row[0]): int(row[1] or 0) / CENTS for row in db.session.execute(select)}


def _approvals(about: Analysis) -> list[Told]:
    """List who accepted what and when, the latest first, of the latest orders of the period."""
    jobs = [job_id for job_id, _ in about.total.ended]
    select = (
        sa.select(Signoff, Job)
        .join(Job, Job.id == Signoff.job_id)
        .where(Signoff.job_id.in_(jobs))
        .order_by(Signoff.signed_at.desc(), Signoff.id)
        .limit(MOST_LISTED)
    )
    return [
        {
            "order": job.id,
            "publisher": job.publisher_domain,
            "step": str(sign.step),
            "by": sign.signer,
            "at": sign.signed_at.isoformat(),
            "voided_at": _moment(sign.voided_at),
            "void_reason": sign.void_reason,
        }
        for sign, job in db.session.execute(select)
    ]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
