"""Encrypting what the database keeps with a key that is not in the database."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(ValueError):  # noqa: N818  # Named after what happened.
    """What was sealed for another purpose or under another SECRET_KEY, or is damaged."""


def sealed(text: str, *, secret_key: str, purpose: str) -> str:
    """Encrypt for one purpose, whose key is apart from all else that SECRET_KEY is used for."""
    return _fernet(secret_key, purpose).encrypt(text.encode()).decode("ascii")


def opened(ciphertext: str, *, secret_key: str, purpose: str) -> str:
    """Decrypt; raise Unreadable when it can't be."""
    try:
        return _fernet(secret_key, purpose).decrypt(ciphertext.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _fernet(secret_key: str, purpose: str) -> Fernet:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(kdf.derive(secret_key.encode())))
