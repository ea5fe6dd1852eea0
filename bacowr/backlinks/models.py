"""Deal records: one follows one link from the agreement to the page it stands on."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.owned import Owned
from bacowr.backlinks.placements import EventType, LinkType, Placement
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json
from bacowr.engine.order import AnchorType
from bacowr.engine.terms import DealType, Rel, Terms

__all__ = ["Backlink", "BacklinkEvent", "DealType", "Placement", "Rel", "SavedView"]

KEY_LENGTH = 64


class Backlink(Owned, Model):
    """One agreed link."""

    __tablename__ = "backlinks"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.CheckConstraint("price_cents >= 0", "price_positive"),
        sa.CheckConstraint("(price_cents IS NULL) = (currency IS NULL)", "price_has_currency"),
        sa.Index(None, "owner_id", "created_at", "id"),
        sa.Index(None, "owner_id", "match_key"),
        sa.Index(None, "owner_id", "publisher_domain"),
        sa.Index(None, "owner_id", "customer"),
        sa.Index(None, "owner_id", "expires_on"),
        sa.Index(None, "owner_id", "job_id"),
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
    customer: Mapped[str | None] = mapped_column(
        sa.String(255), comment="Whose targets these are; a name or a host."
    )
    campaign: Mapped[str | None] = mapped_column(
        sa.String(255), comment="What the owner calls the campaign it belongs to."
    )
    anchor_type: Mapped[AnchorType | None] = mapped_column(
        text_enum(AnchorType, "anchor_type"), comment="How the anchor relates to its target."
    )
    link_type: Mapped[LinkType | None] = mapped_column(
        text_enum(LinkType, "link_type"), comment="Which kind of page carries the link."
    )
    rel_reason: Mapped[str | None] = mapped_column(
        sa.String(500), comment="Why a link that something was given for is followed."
    )
    advertiser: Mapped[str | None] = mapped_column(
        sa.String(120), comment="Whom the advertising label names."
    )
    label_language: Mapped[str | None] = mapped_column(
        sa.String(8), comment="The language of the advertising label."
    )
    contact: Mapped[str | None] = mapped_column(
        sa.String(320), comment="Whom at the publisher it was agreed with."
    )
    price_cents: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment="What was paid, in hundredths of the currency."
    )
    currency: Mapped[str | None] = mapped_column(
        sa.String(3), comment="ISO 4217 code of the price's currency."
    )
    external_ref: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The number it has in somebody else's list."
    )
    writer: Mapped[str | None] = mapped_column(
        sa.String(120), comment="Who is to write, or wrote, as a planning sheet says."
    )
    market: Mapped[str | None] = mapped_column(
        sa.String(64), comment="The market, as a planning sheet says."
    )
    budget: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The budget, as a planning sheet says."
    )
    topic: Mapped[str | None] = mapped_column(
        sa.String(500), comment="What the article is about, as a planning sheet says."
    )
    content_note: Mapped[str | None] = mapped_column(
        sa.Text, comment="What the planning sheet says of the contents."
    )

    @property
    def terms(self) -> Terms:
        """The terms of the deal."""
        return Terms(self.deal_type, self.agreed_rel, self.rel_reason, self.advertiser)

    @property
    def policy_rel(self) -> Rel:
        """What policy demands for such a deal, whatever was agreed."""
        return Terms(self.deal_type).rel

    @property
    def is_red(self) -> bool:
        """Whether something was given for a followed link and nobody wrote down why."""
        return self.terms.is_follow_unexplained


class BacklinkEvent(Model):
    """One thing that happened to a deal record; only ever added."""

    __tablename__ = "backlink_events"
    __table_args__ = (
        sa.Index(None, "backlink_id", "at"),
        {"comment": "What happened to agreed links; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    backlink_id: Mapped[str] = mapped_column(
        sa.ForeignKey("backlinks.id", ondelete="CASCADE"), comment="The link it happened to."
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, comment="When, in UTC.")
    actor: Mapped[str] = mapped_column(
        sa.String(320), comment="The person's e-mail at that time, or the part of the system."
    )
    type: Mapped[EventType] = mapped_column(text_enum(EventType, "type"), comment="What happened.")
    from_placement: Mapped[Placement | None] = mapped_column(
        text_enum(Placement, "from_placement"), comment="Where it was before; null at the start."
    )
    to_placement: Mapped[Placement] = mapped_column(
        text_enum(Placement, "to_placement"), comment="Where it was afterwards."
    )
    data: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What changed: each field's value before and after."
    )


class SavedView(Owned, Model):
    """A way to look at the library that somebody gave a name."""

    __tablename__ = "saved_views"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.UniqueConstraint("owner_id", "name"),
        {"comment": "Filters of the library of placements, kept under a name."},
    )

    name: Mapped[str] = mapped_column(sa.String(80), comment="What its owner calls it.")
    filters: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What it narrows the library to, and its order."
    )
