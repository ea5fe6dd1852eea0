"""What lies in front of a reviewer: the lines of the list, and one item with its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import current_app

from bacowr.accounts.models import User
from bacowr.batches.models import Decision, ReviewItem
from bacowr.batches.review import approval, states
from bacowr.gate import installation
from bacowr.jobs import queries
from bacowr.jobs.articles import versions
from bacowr.jobs.money import expected, holding
from bacowr.jobs.money.expected import Wish
from bacowr.jobs.queries import JobDetail
from bacowr.web import addresses, documents, reviews
from bacowr.web.documents import Shown, View
from bacowr.web.pages import Money, Told
from bacowr.web.wording import QC, STATUSES, Sign

DIFFERENCE = "diff"
SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        Decision.PENDING: Sign("To decide", "circle-dashed", "idle"),
        Decision.APPROVED: Sign("Approved", "circle-check", "ok"),
        Decision.REJECTED: Sign("Rejected", "circle-x", "bad"),
        Decision.NEEDS_REGENERATION: Sign("Waits to be rewritten", "hourglass", "busy"),
        Decision.REGENERATING: Sign("Being rewritten", "loader-2", "busy"),
    }
)


@dataclass(frozen=True)
class Line:
    """One item as the list shows it."""

    id: str
    job_id: str
    version: int
    decision: Decision
    status: str
    publisher: str
    target: str
    anchor: str
    qc_status: str | None
    score: str
    batch_row: int | None
    notes: str | None
    reviewer: str | None
    reviewed_at: Any
    is_demo: bool

    @property
    def is_waiting(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.decision is Decision.PENDING


def drawn() -> dict[str, dict[str, str]]:
    """Draw every sign that a line can bear once: a thousand lines bear the same few."""
    draw = current_app.jinja_env.get_template("_macros.html").make_module().state  # type: ignore[attr-defined]  # A macro.
    return {
        name: {key: draw(sign) for key, sign in signs.items()}
        for name, signs in (("statuses", STATUSES), ("qc", QC), ("decisions", SIGNS))
    }


def lines(rows: Iterable[Any]) -> list[Line]:
    """Make rows of the database lines of the list."""
    return [
        Line(
            id=row.id,
            job_id=row.job_id,
            version=row.version,
            decision=row.decision,
            status=row.status,
            publisher=_domain(row.publisher_domain),
            target=addresses.readable(row.target_url),
            anchor=row.anchor_text,
            qc_status=row.qc_status,
            score="" if row.qc_score is None else f"{row.qc_score:.0f}",
            batch_row=row.batch_row,
            notes=row.notes,
            reviewer=row.reviewer,
            reviewed_at=row.reviewed_at,
            is_demo=row.is_demo,
        )
        for row in rows
    ]


def _domain(name: str) -> str:
    """Leave plain names as they are: decoding a thousand of them takes longer than all else."""
    return addresses.domain(name) if "xn--" in name else name


def on_desk(item: ReviewItem, user: User, *, view: str) -> dict[str, Any]:
    """Gather one item: its text with what was found, or what its last version changed."""
    detail = queries.detail(item.job_id, owner=user)
    shown = documents.shown(detail, View.ARTICLE)
    room = _room(detail, shown)
    listed = versions.of(detail.job) if shown and shown.article else ()
    is_compared = view == DIFFERENCE and len(listed) > 1
    return {
        "item": item,
        "job": detail.job,
        "detail": detail,
        "shown": shown,
        "room": room,
        "evidence": room.evidence if room else None,
        "compared": reviews.compare(detail.job, "", "").compared if is_compared else None,
        "has_versions": len(listed) > 1,
        "missing": approval.missing(detail.job) if item.decision is Decision.PENDING else (),
        "being_written": item.decision in states.BEING_WRITTEN,
        "money": _money(detail),
        "told": Told(),
    }


def _room(detail: JobDetail, shown: Shown | None) -> reviews.Review | None:
    if shown is None or shown.view is not View.ARTICLE or shown.is_older:
        return None
    return reviews.review(detail, shown)


def _money(detail: JobDetail) -> Money:
    """Say what writing it again would cost; the calls so far aren't shown here."""
    equipment = installation.own_equipment()
    again = expected.expected(Wish.of(detail.job.order), equipment)
    return Money(
        calls=(),
        again=again,
        standings=holding.standings(detail.job, equipment.caps),
        paragraph_usd=again.paragraph_usd,
    )
