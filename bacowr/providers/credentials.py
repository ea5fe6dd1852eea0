"""The keys a team has connected: what may be shown of them, and what opens a service."""

from dataclasses import dataclass, replace
from datetime import datetime

from bacowr.base.errors import Conflict
from bacowr.providers import queries
from bacowr.providers.catalog import TRAITS, Kind, Provider, Traits, of_kind
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus, ProviderCredential
from bacowr.providers.secrecy import KeyUnreadable, opened

SHORTEST_SHOWN = 12


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
    """List every service with what is connected."""
    stored = queries.stored()
    return tuple(_shown(provider, stored.get(provider), keyring) for provider in Provider)


def configured(kind: Kind, keyring: Keyring) -> tuple[Shown, ...]:
    """List the services of one kind that can be called, the one to prefer first."""
    stored = queries.stored()
    return tuple(
        each
        for provider in _preferred(kind, keyring)
        if (each := _shown(provider, stored.get(provider), keyring)).where and each.is_readable
    )


def find_opened(provider: Provider, keyring: Keyring) -> Opened | None:
    """Return what is needed to call a service; None when it isn't connected.

    The environment wins over what is stored. Raise KeyUnreadable, a Conflict, for a stored key
    that SECRET_KEY doesn't open any more.
    """
    return keyring.environment.get(provider) or _opened(queries.find(provider), keyring)


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
    stored = queries.stored()
    unreadable: KeyUnreadable | None = None
    for provider in _preferred(kind, keyring):
        try:
            found = keyring.environment.get(provider) or _opened(stored.get(provider), keyring)
        except KeyUnreadable as error:
            unreadable = unreadable or error
            continue
        if found is not None:
            return found
    if unreadable is not None:
        raise unreadable
    return None


def _preferred(kind: Kind, keyring: Keyring) -> tuple[Provider, ...]:
    """List a kind's services; a search service that the operator chose is the only one."""
    if kind is Kind.SEARCH and keyring.preferred_search is not None:
        return (keyring.preferred_search,)
    return of_kind(kind)


def _opened(row: ProviderCredential | None, keyring: Keyring) -> Opened | None:
    if row is None:
        return None
    key = (
        opened(row.ciphertext, secret_key=keyring.secret_key, provider=row.provider)
        if row.ciphertext
        else ""
    )
    provider = Provider(row.provider)
    model = row.model or keyring.models.get(provider)
    return Opened(provider, Where.STORED, key, row.base_url, model)


def _shown(provider: Provider, row: ProviderCredential | None, keyring: Keyring) -> Shown:
    blank = Shown(provider, TRAITS[provider])
    if given := keyring.environment.get(provider):
        return replace(
            blank,
            where=Where.ENVIRONMENT,
            last_four=last_four(given.key),
            base_url=given.base_url,
            model=given.model,
        )
    if row is None:
        return blank
    return replace(
        blank,
        where=Where.STORED,
        last_four=row.last_four,
        base_url=row.base_url,
        model=row.model or keyring.models.get(provider),
        status=row.status,
        tested_at=row.tested_at,
        test_message=row.test_message,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        is_readable=_is_readable(row, keyring),
    )


def _is_readable(row: ProviderCredential, keyring: Keyring) -> bool:
    try:
        _opened(row, keyring)
    except KeyUnreadable:
        return False
    return True
