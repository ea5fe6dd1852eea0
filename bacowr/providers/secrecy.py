"""Encrypting keys of services with a key that is not in the database."""

from bacowr.base import sealing
from bacowr.base.errors import Conflict

LABEL = "bacowr provider credentials 1"


class KeyUnreadable(Conflict):
    """A stored key was encrypted under another SECRET_KEY, or is damaged."""


def sealed(text: str, *, secret_key: str, provider: str, team_id: str | None = None) -> str:
    """Encrypt a key for one provider: the installation's, or a team's own."""
    return sealing.sealed(text, secret_key=secret_key, purpose=_purpose(provider, team_id))


def opened(ciphertext: str, *, secret_key: str, provider: str, team_id: str | None = None) -> str:
    """Decrypt a key; raise KeyUnreadable when it can't be.

    One that was copied to another provider's or another team's row can't be read either.
    """
    purpose = _purpose(provider, team_id)
    try:
        return sealing.opened(ciphertext, secret_key=secret_key, purpose=purpose)
    except sealing.Unreadable as error:
        raise KeyUnreadable(
            f"The stored key for {provider} can't be read any more, because SECRET_KEY has"
            " changed since it was stored. Enter it again."
        ) from error


def _purpose(provider: str, team_id: str | None) -> str:
    """Name what a key is for, so that each is sealed apart from the others."""
    return f"{LABEL}: {provider}" + (f" of team {team_id}" if team_id else "")
