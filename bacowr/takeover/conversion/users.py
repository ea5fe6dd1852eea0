"""Users: their roles, passwords, keys, limits and wishes."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from bacowr.accounts import passwords, queries, tokens
from bacowr.accounts.models import ApiKey, User, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.usage import JOBS_PER_MONTH, TOKENS_PER_MONTH, Quota
from bacowr.notifications.models import Channel, NotificationPreference
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import BIGINT, Known, Row, derived
from bacowr.takeover.rules import Rule

EMAIL_LENGTH, NAME_LENGTH, ADDRESS_LENGTH = 320, 120, 2048
# What the older BACOWR gave its first administrator, and printed in its manual.
PUBLISHED_PASSWORDS = ("admin123",)
PUBLISHED_ADMINS = frozenset({"admin@bacowr.local", "admin@bacowr.com"})
# SHA-256 of what its public history used as keys; the keys themselves needn't be spread further.
PUBLISHED_KEYS = frozenset(
    hashlib.sha256(text.encode()).hexdigest()
    for text in ("bacowr_your_api_key_here", "your-api-key", "test-api-key", "demo_key")
)
# A database with the first administrator, and so with its key, was published on 2025-11-07.
PUBLISHED_ON = datetime(2025, 11, 8, tzinfo=UTC)
SHOWN = 10
DELETED = "deleted"


def convert(row: Row, known: Known) -> Records:
    """Turn a user into an account with its key, limits and wishes."""
    email = row.needed("email", EMAIL_LENGTH)
    made_at = row.made_at(known, "updated_at", "last_login")
    is_deleted = row.word("account_status") == DELETED
    user = {
        "id": row.id,
        "email": email.strip(),
        "email_normalized": queries.normalized(email),
        "name": row.short("full_name", NAME_LENGTH) or row.short("username", NAME_LENGTH) or "",
        "role": _role(row),
        "status": _status(row),
        "password_hash": None if is_deleted else _password_hash(row, email),
        "last_sign_in_at": row.moment("last_login"),
        "created_at": made_at,
        "updated_at": row.moment("updated_at") or made_at,
    }
    if row.values.get("reset_token"):
        row.repair(Rule.RESET_TOKEN)
    row.keep("username", row.text("username"))
    row.keep("metadata_field", row.json("metadata_field"))
    row.keep("account_status", DELETED if is_deleted else None)
    return [
        (User, user),
        *_key(row, made_at, is_deleted=is_deleted),
        *_quota(row, made_at),
        *_preferences(row, made_at),
    ]


def _role(row: Row) -> Role:
    word = row.word("role")
    if word in set(Role):
        return Role(word)
    row.repair(Rule.DEFAULTS)
    return Role.ADMIN if row.flag("is_admin") else Role.EDITOR


def _status(row: Row) -> UserStatus:
    word, active = row.word("account_status"), row.flag("is_active")
    if not word:
        if active is None or "account_status" in row.values:
            row.repair(Rule.DEFAULTS)
        return UserStatus.SUSPENDED if active is False else UserStatus.ACTIVE
    if word == UserStatus.ACTIVE and active is not False:
        return UserStatus.ACTIVE
    if (word == UserStatus.ACTIVE) != (active is not False):
        row.repair(Rule.STRICTER)
    return UserStatus.SUSPENDED


def _password_hash(row: Row, email: str) -> str | None:
    kept = row.text("hashed_password")
    if kept is None or not passwords.is_hash(kept):
        row.repair(Rule.NO_PASSWORD)
        return None
    is_first = queries.normalized(email) in PUBLISHED_ADMINS
    if (is_first or row.flag("is_admin")) and _is_published(kept):
        row.repair(Rule.PUBLISHED)
        return None
    if passwords.is_legacy(kept):
        row.repair(Rule.OLD_PASSWORD)
    return kept


def _is_published(kept: str) -> bool:
    return any(passwords.is_right(password, kept) for password in PUBLISHED_PASSWORDS)


def _key(row: Row, made_at: datetime, *, is_deleted: bool) -> Records:
    text = row.text("api_key")
    if not text:
        return []
    is_published = tokens.digest(text) in PUBLISHED_KEYS or (
        made_at < PUBLISHED_ON and row.word("email") in PUBLISHED_ADMINS
    )
    row.repair(Rule.PUBLISHED if is_published else Rule.KEY_HASHED)
    key: dict[str, Any] = {
        "id": derived("api_keys", row.id),
        "owner_id": row.id,
        "name": f"From the older BACOWR ({text[:SHOWN]}…)",
        "prefix": tokens.legacy_prefix(text),
        "last_four": text[-4:],
        "key_hash": tokens.digest(text),
        "created_at": made_at,
        "revoked_at": made_at if is_published or is_deleted else None,
    }
    return [(ApiKey, key)]


def _quota(row: Row, made_at: datetime) -> Records:
    jobs, all_tokens = row.whole("jobs_quota"), row.whole("tokens_quota", BIGINT)
    if jobs is None or all_tokens is None:
        row.repair(Rule.DEFAULTS)
    if row.whole("jobs_created_count") == 0 or row.whole("tokens_used", BIGINT) == 0:
        row.repair(Rule.NEVER_COUNTED)
    limits = {
        "jobs_per_month": JOBS_PER_MONTH if jobs is None else max(jobs, 0),
        "tokens_per_month": TOKENS_PER_MONTH if all_tokens is None else max(all_tokens, 0),
    }
    if tuple(limits.values()) == (JOBS_PER_MONTH, TOKENS_PER_MONTH):
        return []
    owned = {"id": derived("quotas", row.id), "owner_id": row.id}
    return [(Quota, owned | limits | {"created_at": made_at, "updated_at": made_at})]


def _preferences(row: Row, made_at: datetime) -> Records:
    wishes = (
        (Channel.EMAIL, "notification_email", "enable_email_notifications"),
        (Channel.WEBHOOK, "webhook_url", "enable_webhook_notifications"),
    )
    made: Records = []
    for channel, column, switch in wishes:
        address = row.short(column, ADDRESS_LENGTH)
        if not address:
            continue
        preference = {
            "id": derived("notification_preferences", row.id, channel),
            "owner_id": row.id,
            "event": "*",
            "channel": channel,
            "address": address,
            "is_on": row.flag(switch) or False,
            "created_at": made_at,
            "updated_at": made_at,
        }
        made.append((NotificationPreference, preference))
    return made
