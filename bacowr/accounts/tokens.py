"""Secrets for programs and browsers: shown once, kept as SHA-256.

A slow hash buys nothing for 256 random bits.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from bacowr.accounts.models import KEY_PREFIX_LENGTH, LEGACY_MARK

MARK = "bcw"
ACCESS_MARK, REFRESH_MARK = "bca_", "bcr_"


@dataclass(frozen=True)
class Key:
    """An API key as its owner sees it: `bcw_<prefix>_<secret>`."""

    prefix: str
    text: str

    @property
    def last_four(self) -> str:
        """The last characters, to tell keys apart."""
        return self.text[-4:]


def new_key() -> Key:
    """Make a fresh API key with a 256-bit secret."""
    prefix = secrets.token_hex(KEY_PREFIX_LENGTH // 2)
    return Key(prefix, f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}")


def prefix_of(text: str) -> str | None:
    """Return the public part of an API key, or None when the text isn't one."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or len(prefix) != KEY_PREFIX_LENGTH or not secret:
        return None
    return prefix if prefix.isascii() and prefix.isalnum() else None


def legacy_prefix(text: str) -> str:
    """Return what stands for the public part of an older BACOWR's key, which had none.

    It is a part of the key's SHA-256, so that the key is found by it and can't be told from it.
    """
    return LEGACY_MARK + digest(text)[: KEY_PREFIX_LENGTH - 1]


def new_session_token() -> str:
    """Make a fresh 256-bit token for a browser's cookie."""
    return secrets.token_urlsafe(32)


def new_access_token() -> str:
    """Make a fresh 256-bit token that a program shows with every request."""
    return ACCESS_MARK + secrets.token_urlsafe(32)


def new_refresh_token() -> str:
    """Make a fresh 256-bit token that a program exchanges for a new pair."""
    return REFRESH_MARK + secrets.token_urlsafe(32)


def is_access_token(text: str) -> bool:
    """Tell whether the text is an access token, and not an API key."""
    return text.startswith(ACCESS_MARK)


def digest(text: str) -> str:
    """Return the SHA-256 of a secret, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(text: str, kept: str) -> bool:
    """Compare a secret with its kept digest in constant time."""
    return hmac.compare_digest(digest(text), kept)
