"""Deal records: one follows one link from the agreement to the page it stands on."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.owned import Owned
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, text_enum, type_json
from bacowr.engine.terms import DealType, Rel

__all__ = ["Backlink", "DealType", "Placement", "Rel"]

KEY_LENGTH = 64


class Placement(StrEnum):
    """Where a link is on its way to the page (domain 5.1)."""

    AGREED = "agreed"
    DRAFTED = "drafted"
    SENT = "sent"
    PUBLISHED = "published"
    LOST = "lost"
    REMOVED = "removed"
    EXPIRED = "expired"


class Backlink(Owned, Model):
    """One agreed link."""

    __tablename__ = "backlinks"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.Index(None, "owner_id", "created_at", "id"),
        sa.Index(None, "owner_id", "match_key"),
        sa.Index(None, "owner_id", "publisher_domain"),
        {"comment": "Agreed links, from the agreement to the page they stand on."},
    )

    deal_type: Mapped[DealType] = mapped_column(
        text_enum(DealType, "deal_type"),
        default=DealType.UNKNOWN,
        comment="What the link was given for.",
    )
    placement: Mapped[Placement] = mapped_column(
        text_enum(Placement, "placement"), default=Placement.AGREED, comment="Where it is."
    )
    publisher_domain: Mapped[str] = mapped_column(
        sa.String(255), comment="The site that carries the link; lower case."
    )
    publisher_url: Mapped[str | None] = mapped_column(
        sa.Text, comment="The page that carries the link, once there is one."
    )
    target_url: Mapped[str] = mapped_column(sa.Text, comment="The page it links to.")
    anchor_text: Mapped[str] = mapped_column(sa.Text, comment="The clickable text.")
    agreed_rel: Mapped[Rel] = mapped_column(
        text_enum(Rel, "agreed_rel"), default=Rel.UNKNOWN, comment="What was agreed about rel."
    )
    ad_label: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The wording that marks advertising; null when unknown."
    )
    language: Mapped[str | None] = mapped_column(sa.String(32), comment="The page's language.")
    category: Mapped[str | None] = mapped_column(sa.Text, comment="The owner's own category.")
    notes: Mapped[str | None] = mapped_column(sa.Text, comment="The owner's own words.")
    tags: Mapped[list[Any]] = mapped_column(type_json, default=list, comment="The owner's tags.")
    domain_authority: Mapped[int | None] = mapped_column(comment="As told by a third party.")
    page_authority: Mapped[int | None] = mapped_column(comment="As told by a third party.")
    traffic_estimate: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Visitors a month, as told by a third party."
    )
    backlink_count: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="Links to the page, as told by a third party."
    )
    custom_metrics: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="Whatever else the owner measures."
    )
    published_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When the page went live, in UTC."
    )
    expires_on: Mapped[date | None] = mapped_column(comment="The last day that was agreed on.")
    job_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The job whose article carries it; an id, as jobs may go."
    )
    match_key: Mapped[str] = mapped_column(
        sa.String(KEY_LENGTH),
        comment="SHA-256 of page or site, target and anchor: the same for the same link.",
    )
    is_possible_duplicate: Mapped[bool] = mapped_column(
        default=False, comment="Whether an older record is about the same link and says otherwise."
    )
