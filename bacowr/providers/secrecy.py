"""Encrypting the team's keys with a key that is not in the database."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bacowr.base.errors import Conflict

LABEL = "bacowr provider credentials 1"


class KeyUnreadable(Conflict):
    """A stored key was encrypted under another SECRET_KEY, or is damaged."""


def sealed(text: str, *, secret_key: str, provider: str) -> str:
    """Encrypt a key for one provider."""
    return _fernet(secret_key, provider).encrypt(text.encode()).decode("ascii")


def opened(ciphertext: str, *, secret_key: str, provider: str) -> str:
    """Decrypt a key; raise KeyUnreadable when it can't be.

    One that was copied to another provider's row can't be read either.
    """
    try:
        return _fernet(secret_key, provider).decrypt(ciphertext.encode()).decode()
    except InvalidToken as error:
        raise KeyUnreadable(
            f"The stored key for {provider} can't be read any more, because SECRET_KEY has"
            " changed since it was stored. Enter it again."
        ) from error


def _fernet(secret_key: str, provider: str) -> Fernet:
    """Derive the key of one provider, apart from everything else that SECRET_KEY is used for."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{LABEL}: {provider}".encode())
    return Fernet(base64.urlsafe_b64encode(kdf.derive(secret_key.encode())))
