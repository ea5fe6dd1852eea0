"""Passwords: argon2id with the least memory that OWASP recommends, so that it fits a small dyno.

The older BACOWR's bcrypt hashes are right too, until the next sign-in makes argon2id of them.
"""

import re

import argon2
import bcrypt

from bacowr.base.errors import Invalid

SHORTEST = 8
LONGEST = 1024
LEGACY = re.compile(r"\$2[aby]\$(?:0[4-9]|1\d)\$[./A-Za-z0-9]{53}")
LEGACY_BYTES = 72  # The older BACOWR cut passwords there, as bcrypt reads no further.
ARGON2 = "$argon2"

# OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB of memory, 2 iterations, 1 lane.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash; raise Invalid when the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        text = f"A password has {SHORTEST} to {LONGEST} characters."
        raise Invalid(text, fields={"password": [text]})
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Tell whether the password fits; takes as long when there is no hash to compare with."""
    if password_hash is not None and is_legacy(password_hash):
        return bcrypt.checkpw(password.encode()[:LEGACY_BYTES], password_hash.encode())
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the hash was made in another way, or with other parameters, than today's."""
    return is_legacy(password_hash) or _hasher.check_needs_rehash(password_hash)


def is_legacy(password_hash: str) -> bool:
    """Tell whether this is a bcrypt hash of the older BACOWR."""
    return LEGACY.fullmatch(password_hash) is not None


def is_hash(text: str) -> bool:
    """Tell whether this is a hash that a password can be compared with."""
    return text.startswith(ARGON2) or is_legacy(text)
