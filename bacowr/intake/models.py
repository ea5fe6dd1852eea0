"""Files and pasted rows on their way in: kept from the first look to the confirmation."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.accounts.owned import Owned
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, text_enum, type_json

HASH_LENGTH = 64


class ImportKind(StrEnum):
    """What the rows of a file are."""

    ORDERS = "orders"
    PLACEMENTS = "placements"


class ImportStatus(StrEnum):
    """How far an import has come."""

    OPEN = "open"
    IMPORTED = "imported"
    DISCARDED = "discarded"


class ImportRun(Owned, Model):
    """One file, or rows that were pasted: what it holds, and what is to become of each row."""

    __tablename__ = "import_runs"
    __table_args__ = (
        sa.CheckConstraint("row_count >= 0 AND size_bytes >= 0", "counts_positive"),
        sa.CheckConstraint("version >= 1", "version_positive"),
        sa.CheckConstraint("(status = 'imported') = (imported_at IS NOT NULL)", "imported_when"),
        sa.Index(None, "owner_id", "created_at", "id"),
        sa.Index(None, "owner_id", "sha256"),
        {"comment": "Files and pasted rows, from the first look to the confirmation."},
    )

    kind: Mapped[ImportKind] = mapped_column(
        text_enum(ImportKind, "kind"), comment="What the rows are."
    )
    file_name: Mapped[str] = mapped_column(sa.String(255), comment="As its owner calls it.")
    sha256: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="Of the bytes that came in, in hex."
    )
    size_bytes: Mapped[int] = mapped_column(comment="How many bytes came in.")
    row_count: Mapped[int] = mapped_column(comment="How many rows hold something.")
    status: Mapped[ImportStatus] = mapped_column(
        text_enum(ImportStatus, "status"), default=ImportStatus.OPEN, comment="How far it is."
    )
    contents: Mapped[dict[str, Any]] = mapped_column(
        type_json, comment="The headings and the rows, as they were read."
    )
    mapping: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="Which column is which, as a person changed it."
    )
    settings: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What holds where a row says nothing."
    )
    choices: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="What is to become of single rows, by their numbers."
    )
    report: Mapped[dict[str, Any]] = mapped_column(
        type_json, default=dict, comment="Faults, duplicates, warnings and the estimate."
    )
    imported_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was confirmed, in UTC."
    )
    outcome_id: Mapped[str | None] = mapped_column(
        sa.String(ID_LENGTH), comment="The batch that came of it; an id, as batches may go."
    )
