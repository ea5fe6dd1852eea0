"""The keys that count for a team: what may be shown of them, and what opens a service."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from bacowr.base.errors import Conflict
from bacowr.providers import queries
from bacowr.providers.catalog import TRAITS, Kind, Provider, Traits, of_kind
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus, TeamCredential
from bacowr.providers.queries import Row
from bacowr.providers.secrecy import KeyUnreadable, opened

SHORTEST_SHOWN = 12

Held = Row | Opened


@dataclass(frozen=True)
class Shown:
    """What may be shown of one service's connection; `where` is None when there is none.

    `is_readable` is False for a stored key that SECRET_KEY doesn't open any more; one from the
    environment can't be changed in the app.
    """

    provider: Provider
    traits: Traits
    where: Where | None = None
    last_four: str | None = None
    base_url: str | None = None
    model: str | None = None
    status: CredentialStatus = CredentialStatus.UNTESTED
    tested_at: datetime | None = None
    test_message: str | None = None
    updated_by: str | None = None
    updated_at: datetime | None = None
    is_readable: bool = True

    @property
    def is_connected(self) -> bool:
        """Tell whether the service can be called."""
        return self.where is not None and self.is_readable


def last_four(key: str) -> str | None:
    """Give a key's last four characters; None for one so short that they would give it away."""
    return key[-4:] if len(key) >= SHORTEST_SHOWN else None


def shown(keyring: Keyring) -> tuple[Shown, ...]:
    """List every service with what counts for it."""
    held = _held(keyring)
    return tuple(_shown(provider, held.get(provider), keyring) for provider in Provider)


def all_opened(kind: Kind, keyring: Keyring) -> list[Opened]:
    """List what opens the services of one kind, the one to prefer first.

    Stored keys that SECRET_KEY doesn't open any more are left out.
    """
    found = []
    held = _held(keyring)
    for provider in _preferred(kind, keyring, held):
        with suppress(KeyUnreadable):
            found.append(_opened(held[provider], keyring))
    return found


def find_opened(provider: Provider, keyring: Keyring) -> Opened | None:
    """Return what is needed to call a service; None when it isn't connected.

    Raise KeyUnreadable, a Conflict, for a stored key that SECRET_KEY doesn't open any more:
    another's key doesn't step in for a team's.
    """
    held = _held(keyring).get(provider)
    return None if held is None else _opened(held, keyring)


def open_credential(provider: Provider, keyring: Keyring) -> Opened:
    """Return what is needed to call a service; raise Conflict when it isn't connected."""
    found = find_opened(provider, keyring)
    if found is None:
        raise Conflict(f"{TRAITS[provider].label} is not connected.")
    return found


def find_first_opened(kind: Kind, keyring: Keyring) -> Opened | None:
    """Return what is needed to call the preferred service of a kind; None when there is none.

    Raise KeyUnreadable when the only ones that are stored can't be read.
    """
    held = _held(keyring)
    unreadable: KeyUnreadable | None = None
    for provider in _preferred(kind, keyring, held):
        try:
            return _opened(held[provider], keyring)
        except KeyUnreadable as error:
            unreadable = unreadable or error
    if unreadable is not None:
        raise unreadable
    return None


def _held(keyring: Keyring) -> dict[Provider, Held]:
    """Say what counts for each service: the team's own, else the environment's, else stored."""
    own = queries.stored_of_team(keyring.team_id)
    return {**queries.stored(), **keyring.environment, **own}


def _preferred(kind: Kind, keyring: Keyring, held: Mapping[Provider, Held]) -> list[Provider]:
    """List a kind's services that are connected, a team's own first.

    Of the others, a search service that the operator chose is the only one.
    """
    known = [each for each in of_kind(kind) if each in held]
    own = [each for each in known if isinstance(held[each], TeamCredential)]
    others = [each for each in known if each not in own]
    if kind is Kind.SEARCH and keyring.preferred_search is not None:
        others = [each for each in others if each is keyring.preferred_search]
    return own + others


def _opened(held: Held, keyring: Keyring) -> Opened:
    if isinstance(held, Opened):
        return held
    team_id = held.team_id if isinstance(held, TeamCredential) else None
    secret_key, provider = keyring.secret_key, Provider(held.provider)
    key = ""
    if held.ciphertext:
        key = opened(held.ciphertext, secret_key=secret_key, provider=provider, team_id=team_id)
    model = held.model or keyring.models.get(provider)
    return Opened(provider, Where.TEAM if team_id else Where.STORED, key, held.base_url, model)


def _shown(provider: Provider, held: Held | None, keyring: Keyring) -> Shown:
    blank = Shown(provider, TRAITS[provider])
    if held is None:
        return blank
    if isinstance(held, Opened):
        return replace(
            blank,
            where=held.where,
            last_four=last_four(held.key),
            base_url=held.base_url,
            model=held.model,
        )
    return replace(
        blank,
        where=Where.TEAM if isinstance(held, TeamCredential) else Where.STORED,
        last_four=held.last_four,
        base_url=held.base_url,
        model=held.model or keyring.models.get(provider),
        status=held.status,
        tested_at=held.tested_at,
        test_message=held.test_message,
        updated_by=held.updated_by,
        updated_at=held.updated_at,
        is_readable=_is_readable(held, keyring),
    )


def _is_readable(row: Row, keyring: Keyring) -> bool:
    try:
        _opened(row, keyring)
    except KeyUnreadable:
        return False
    return True
