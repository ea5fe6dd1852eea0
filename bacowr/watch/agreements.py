"""What a page is to be held to: the deal record, and the article as it was signed."""

import sqlalchemy as sa

from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.base.db import db
from bacowr.engine.watch.model import Agreed
from bacowr.jobs.states import SignoffStep
from bacowr.jobs.texts import Document, Signoff

WATCHED = frozenset({Placement.PUBLISHED, Placement.LOST})


def agreed_of(backlink: Backlink) -> Agreed | None:
    """Give the terms of a deal record; None while no page is known."""
    if not backlink.publisher_url:
        return None
    return Agreed(
        page_url=backlink.publisher_url,
        target_url=backlink.target_url,
        anchor_text=backlink.anchor_text,
        terms=backlink.terms,
        ad_label=backlink.ad_label,
        language=backlink.label_language or backlink.language,
        expires_on=backlink.expires_on,
        signed_text=_signed_text(backlink.job_id) if backlink.job_id else None,
    )


def _signed_text(job_id: str) -> str | None:
    """Return the text whose facts somebody signed last; None when nobody did."""
    select = (
        sa.select(Document.text)
        .join(Signoff, Signoff.document_id == Document.id)
        .where(
            Signoff.job_id == job_id,
            Signoff.step == SignoffStep.FACTS,
            Signoff.voided_at.is_(None),
        )
        .order_by(Signoff.signed_at.desc())
        .limit(1)
    )
    return db.session.scalar(select)
