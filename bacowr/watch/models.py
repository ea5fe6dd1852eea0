"""Watches, what each check found, and what is to be told: tables."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bacowr.accounts.owned import Owned
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json
from bacowr.engine.watch.standing import WatchStatus
from bacowr.engine.watch.verdicts import Verdict

HASH_LENGTH = 64


class AlertKind(StrEnum):
    """What there is to tell about a link."""

    LOST = "lost"
    CHANGED = "changed"
    RECOVERED = "recovered"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class LinkWatch(Owned, Model):
    """The watch over one published link: what is known, and when to look again."""

    __tablename__ = "link_watches"
    __table_args__ = (
        sa.UniqueConstraint("backlink_id"),
        sa.CheckConstraint("version >= 1 AND attempt >= 0", "counts_positive"),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", "lease_whole"),
        sa.CheckConstraint("(status = 'suspect') = (suspect_since IS NOT NULL)", "suspect_since"),
        sa.CheckConstraint("status <> 'ended' OR next_check_at IS NULL", "ended_rests"),
        sa.Index(None, "owner_id", "status"),
        sa.Index(None, "owner_id", "changed_at"),
        sa.Index(None, "next_check_at"),
        {"comment": "Published links that are watched, and what is known about them."},
    )

    backlink_id: Mapped[str] = mapped_column(
        sa.ForeignKey("backlinks.id", ondelete="CASCADE"), comment="The link it is about."
    )
    status: Mapped[WatchStatus] = mapped_column(
        text_enum(WatchStatus, "status"), default=WatchStatus.WAITING, comment="What is known."
    )
    verdicts: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="The faults that a second check has confirmed."
    )
    suspected: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="The faults that one check found and none confirmed."
    )
    suspect_since: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When the first bad result came, in UTC."
    )
    last_checked_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was last looked at, in UTC."
    )
    changed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When what is known last changed, in UTC."
    )
    next_check_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="From when on it is to be looked at again; null when it ended."
    )
    lease_owner: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The process that looks at it."
    )
    lease_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="From this moment on another process may look."
    )
    attempt: Mapped[int] = mapped_column(
        default=0, comment="How often it was taken; tells a process from its own past."
    )
    paused_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When somebody paused it, in UTC; null while it is looked at."
    )
    backlink: Mapped[Backlink] = relationship()  # Downward only.


class LinkCheck(Model):
    """What one look at a page found; never changed."""

    __tablename__ = "link_checks"
    __table_args__ = (
        sa.UniqueConstraint("watch_id", "attempt"),
        sa.Index(None, "watch_id", "checked_at"),
        {"comment": "What every look at a published page found; rows are only ever added."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    watch_id: Mapped[str] = mapped_column(
        sa.ForeignKey("link_watches.id", ondelete="CASCADE"), comment="The watch it belongs to."
    )
    attempt: Mapped[int] = mapped_column(comment="Which check of the watch it was.")
    checked_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the page was asked for, in UTC."
    )
    url: Mapped[str] = mapped_column(sa.Text, comment="The page that was asked for.")
    final_url: Mapped[str] = mapped_column(sa.Text, comment="Where it was found.")
    redirects: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="The addresses passed on the way."
    )
    status_code: Mapped[int | None] = mapped_column(comment="The server's answer, if any.")
    target_status: Mapped[int | None] = mapped_column(
        comment="What the target page's server answered, if asked."
    )
    robots: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What robots meta and X-Robots-Tag say."
    )
    canonical: Mapped[str | None] = mapped_column(
        sa.Text, comment="The address the page calls its own."
    )
    links: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="Links to the target: href, anchor, rel, what hides them."
    )
    label: Mapped[str | None] = mapped_column(
        sa.String(200), comment="The advertising label that was found."
    )
    containment: Mapped[float | None] = mapped_column(
        sa.Float, comment="Share of the signed text that the page holds, 0 to 1; null: not known."
    )
    page_sha256: Mapped[str | None] = mapped_column(
        sa.String(HASH_LENGTH), comment="Of the body as received, in hex."
    )
    verdict: Mapped[Verdict] = mapped_column(
        text_enum(Verdict, "verdict"), comment="The one that matters most."
    )
    reason: Mapped[str] = mapped_column(sa.Text, comment="That verdict in words.")
    findings: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="Every verdict with its reason and its evidence."
    )


class LinkAlert(Model):
    """Something about a link that its owner is to be told once."""

    __tablename__ = "link_alerts"
    __table_args__ = (
        sa.UniqueConstraint("watch_id", "key"),
        sa.Index(None, "created_at"),
        {"comment": "What there is to tell about watched links; each thing once."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    watch_id: Mapped[str] = mapped_column(
        sa.ForeignKey("link_watches.id", ondelete="CASCADE"), comment="The watch it belongs to."
    )
    key: Mapped[str] = mapped_column(
        sa.String(64), comment="What it is about: the same for the same thing."
    )
    kind: Mapped[AlertKind] = mapped_column(text_enum(AlertKind, "kind"), comment="What happened.")
    verdicts: Mapped[list[Any]] = mapped_column(
        type_json, default=list, comment="The faults it is about."
    )
    message: Mapped[str] = mapped_column(sa.Text, comment="What happened, in one sentence.")
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was found, in UTC."
    )
    told_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was sent to its owner, in UTC; null while it was not."
    )
