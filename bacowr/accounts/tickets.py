"""Invitations into a team, and the tokens of programs in which somebody is signed in: tables."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bacowr.accounts.models import HASH_LENGTH, Team, User
from bacowr.accounts.permissions import Role
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum


class Invitation(Model):
    """One secret address at which somebody joins a team, once."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index(None, "team_id"),
        sa.Index(None, "email_normalized"),
        {"comment": "Secret addresses at which people join a team, once."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    team_id: Mapped[str] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="CASCADE"), comment="The team to join."
    )
    email: Mapped[str] = mapped_column(sa.String(320), comment="The address as it was given.")
    email_normalized: Mapped[str] = mapped_column(
        sa.String(320), comment="The address in lower case."
    )
    role: Mapped[Role] = mapped_column(
        text_enum(Role, "role"), comment="What the person is to be trusted with."
    )
    token_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the secret in the address, in hex."
    )
    invited_by: Mapped[str] = mapped_column(
        sa.String(320), comment="Who invited, by e-mail at that time."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )
    expires_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="Not valid from this moment on."
    )
    accepted_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When the person joined, in UTC."
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was withdrawn, in UTC."
    )
    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_open(self) -> bool:
        """Whether somebody may still join by it."""
        is_ended = self.accepted_at is not None or self.revoked_at is not None
        return not is_ended and self.expires_at > clock.now()


class BearerToken(Model):
    """One program in which somebody is signed in: a short access token and what renews it."""

    __tablename__ = "bearer_tokens"
    __table_args__ = (
        sa.UniqueConstraint("access_hash"),
        sa.UniqueConstraint("refresh_hash"),
        sa.UniqueConstraint("spent_hash"),
        sa.Index(None, "user_id"),
        {"comment": "Programs in which somebody is signed in, by tokens that are exchanged."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    user_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Who is signed in."
    )
    access_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the access token, in hex."
    )
    access_expires_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="The access token is not valid from this moment on."
    )
    refresh_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the refresh token, in hex."
    )
    refresh_expires_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="The refresh token is not valid from this moment on."
    )
    spent_hash: Mapped[str | None] = mapped_column(
        sa.String(HASH_LENGTH),
        comment="SHA-256 of the refresh token before; who shows it ends both.",
    )
    program: Mapped[str | None] = mapped_column(
        sa.String(255), comment="What the program calls itself."
    )
    address: Mapped[str | None] = mapped_column(
        sa.String(64), comment="The network address it came from."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the person signed in, in UTC."
    )
    refreshed_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the tokens were last exchanged, in UTC."
    )
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
