"""Keys of paid services, encrypted, and the search results that were fetched or brought: tables."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json

HASH_LENGTH = 64


class CredentialStatus(StrEnum):
    """What is known of a key."""

    UNTESTED = "untested"
    VALID = "valid"
    INVALID = "invalid"


class Credential:
    """What opens one service: a key, encrypted with a key outside the database, and its model."""

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    provider: Mapped[str] = mapped_column(sa.String(32), comment="Whose key it is.")
    ciphertext: Mapped[str | None] = mapped_column(
        sa.Text, comment="The key, encrypted; null for a service that needs none."
    )
    last_four: Mapped[str | None] = mapped_column(
        sa.String(4), comment="The key's last characters, to tell keys apart."
    )
    base_url: Mapped[str | None] = mapped_column(
        sa.String(2048), comment="Where the service is; null for its usual address."
    )
    model: Mapped[str | None] = mapped_column(
        sa.String(120), comment="The model to ask for; null for the usual one."
    )
    status: Mapped[CredentialStatus] = mapped_column(
        text_enum(CredentialStatus, "status"),
        default=CredentialStatus.UNTESTED,
        comment="What the last test said.",
    )
    tested_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was last tested, in UTC."
    )
    test_message: Mapped[str | None] = mapped_column(
        sa.String(500), comment="What the last test said, in words."
    )
    updated_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who set it, by e-mail at that time."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was first set, in UTC."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )


class ProviderCredential(Credential, Model):
    """What the installation has connected for one service."""

    __tablename__ = "provider_credentials"
    __table_args__ = (
        sa.UniqueConstraint("provider"),
        {"comment": "The team's keys of paid services, encrypted."},
    )


class TeamCredential(Credential, Model):
    """What one team has connected for itself; wins over what the installation has."""

    __tablename__ = "team_credentials"
    __table_args__ = (
        sa.UniqueConstraint("team_id", "provider"),
        {"comment": "Single teams' own keys of paid services, encrypted."},
    )

    team_id: Mapped[str] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="CASCADE"), comment="Whose key it is alone."
    )


class SearchOrigin(StrEnum):
    """Where search results are from."""

    FETCHED = "fetched"
    BROUGHT = "brought"


class StoredSearch(Model):
    """One query's results, as a service gave them or a person brought them."""

    __tablename__ = "stored_searches"
    __table_args__ = (
        sa.Index(None, "query_key", "fetched_at"),
        sa.Index(None, "job_id"),
        {"comment": "Search results: fetched ones for a day, brought ones for their order."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    query_key: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of query, language and country."
    )
    query: Mapped[str] = mapped_column(sa.String(500), comment="What was searched for.")
    language: Mapped[str] = mapped_column(sa.String(8), comment="The language searched in.")
    country: Mapped[str] = mapped_column(sa.String(2), comment="The market searched in.")
    provider: Mapped[str | None] = mapped_column(
        sa.String(32), comment="Who was asked; null for brought ones."
    )
    origin: Mapped[SearchOrigin] = mapped_column(
        text_enum(SearchOrigin, "origin"), comment="Where they are from."
    )
    job_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("jobs.id", ondelete="CASCADE"),
        comment="The job they were brought for; null for fetched ones.",
    )
    hits: Mapped[list[Any]] = mapped_column(
        type_json, comment="Rank, address, title and snippet of each."
    )
    fetched_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When they were fetched or brought, in UTC."
    )
    brought_by: Mapped[str | None] = mapped_column(
        sa.String(320), comment="Who brought them, by e-mail at that time."
    )
