"""People, their teams, their API keys and their login sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bacowr.accounts.permissions import Role
from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id, text_enum, type_json

HASH_LENGTH = 64
KEY_PREFIX_LENGTH = 12
LEGACY_MARK = "~"  # In no key's public part, so that an older BACOWR's keys are told apart.


class UserStatus(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Team(Model):
    """Some people who see each other's work; who has none works alone."""

    __tablename__ = "teams"
    __table_args__ = ({"comment": "People who see each other's work."},)

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    name: Mapped[str] = mapped_column(sa.String(120), comment="How the team is shown.")
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )


class User(Model):
    """One person, who signs in by e-mail and password and owns orders."""

    __tablename__ = "users"
    __table_args__ = (
        sa.UniqueConstraint("email_normalized"),
        sa.CheckConstraint("failed_sign_ins >= 0", "failed_sign_ins_positive"),
        sa.Index(None, "team_id"),
        {"comment": "People, and what they are trusted with."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    email: Mapped[str] = mapped_column(sa.String(320), comment="The address as it was given.")
    email_normalized: Mapped[str] = mapped_column(
        sa.String(320), comment="The address in lower case: one account for each."
    )
    name: Mapped[str] = mapped_column(
        sa.String(120), default="", comment="How the person is shown."
    )
    role: Mapped[Role] = mapped_column(
        text_enum(Role, "role"), comment="What the person is trusted with."
    )
    status: Mapped[UserStatus] = mapped_column(
        text_enum(UserStatus, "status"),
        default=UserStatus.ACTIVE,
        comment="Whether the person may sign in.",
    )
    password_hash: Mapped[str | None] = mapped_column(
        sa.String(255), comment="Argon2id; null until a password is set."
    )
    failed_sign_ins: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="Wrong passwords in a row."
    )
    locked_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="No sign-in before this moment, after too many wrong passwords."
    )
    last_sign_in_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="The last sign-in, in UTC."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the account was made, in UTC."
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, onupdate=clock.now, comment="The last change, in UTC."
    )
    team_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="RESTRICT"),
        comment="Whose work the person sees too; null for nobody else's.",
    )
    username: Mapped[str | None] = mapped_column(
        sa.String(120), comment="A short name of the person's own; nobody signs in by it."
    )
    preferences: Mapped[dict[str, Any] | None] = mapped_column(
        type_json, comment="What the person's orders begin with; null for the product's defaults."
    )
    reset_asked_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When a new password was asked for and not yet set, in UTC."
    )

    @property
    def full_name(self) -> str:
        """The name, by the word of older clients."""
        return self.name

    @property
    def account_status(self) -> UserStatus:
        """The status, by the word of older clients."""
        return self.status

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.status is UserStatus.ACTIVE


class ApiKey(Model):
    """One key for programs: its hash, never the key itself."""

    __tablename__ = "api_keys"
    __table_args__ = (
        sa.UniqueConstraint("prefix"),
        sa.Index(None, "owner_id"),
        {"comment": "Keys for programs; the key itself is shown once and not kept."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Whose rights the key has."
    )
    name: Mapped[str] = mapped_column(sa.String(120), comment="What the key is for.")
    prefix: Mapped[str] = mapped_column(
        sa.String(KEY_PREFIX_LENGTH), comment="The key's public part, by which it is found."
    )
    last_four: Mapped[str] = mapped_column(
        sa.String(4), comment="The key's last characters, to tell keys apart."
    )
    key_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the whole key, in hex."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was issued, in UTC."
    )
    last_used_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="The last use, to five minutes, in UTC."
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="Not valid from this moment on; null for no end."
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="When it was revoked, in UTC."
    )
    scopes: Mapped[str | None] = mapped_column(
        sa.String(255),
        comment="What it may be used for, separated by spaces; null for all its owner may.",
    )
    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def shown(self) -> str:
        """The key as far as it may be shown."""
        public = "" if self.prefix.startswith(LEGACY_MARK) else f"bcw_{self.prefix}_"
        return f"{public}…{self.last_four}"


class LoginSession(Model):
    """One browser in which somebody is signed in."""

    __tablename__ = "login_sessions"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index(None, "user_id"),
        {"comment": "Browsers in which somebody is signed in."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    user_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Who is signed in."
    )
    token_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the token in the cookie, in hex."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When the person signed in, in UTC."
    )
    expires_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="Signed out from this moment on; moves ahead with use."
    )
    browser: Mapped[str | None] = mapped_column(
        sa.String(255), comment="What the browser calls itself."
    )
    address: Mapped[str | None] = mapped_column(
        sa.String(64), comment="The network address it came from."
    )
    last_seen_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, comment="The last request, to five minutes, in UTC."
    )
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class PasswordLink(Model):
    """One secret address at which somebody may set a password, once."""

    __tablename__ = "password_links"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.UniqueConstraint("user_id"),
        {"comment": "Secret addresses at which people set a password, once."},
    )

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH), primary_key=True, default=new_id, comment="UUID as text."
    )
    user_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Whose password it sets."
    )
    token_hash: Mapped[str] = mapped_column(
        sa.String(HASH_LENGTH), comment="SHA-256 of the secret in the address, in hex."
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC."
    )
    expires_at: Mapped[datetime] = mapped_column(
        UTCDateTime, comment="Not valid from this moment on."
    )
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
