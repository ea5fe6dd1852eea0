"""Signing what is posted, so that the receiver knows that it comes from here, and when.

After the Standard Webhooks convention (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`,
with the bytes that follow `whsec_` in base64.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Make a secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signed(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign with one secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def headers(
    secrets_known: Iterable[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the headers of a message; signed with every secret in use."""
    signatures = (signed(each, message_id, timestamp, body) for each in secrets_known)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
