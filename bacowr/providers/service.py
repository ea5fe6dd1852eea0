"""Changing the keys of an installation and of its teams."""

import re
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import IntegrityError

from bacowr.audit import service as audit
from bacowr.audit.service import Actor
from bacowr.base import addresses, clock
from bacowr.base.addresses import AddressRefused
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.base.settings import web_address
from bacowr.providers import queries
from bacowr.providers.catalog import TRAITS, Provider
from bacowr.providers.credentials import last_four
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus, ProviderCredential, TeamCredential
from bacowr.providers.queries import Row
from bacowr.providers.secrecy import sealed

LONGEST_MESSAGE = 500
LONGEST_MODEL = 120
LONGEST_ADDRESS = 2048

_RESULTS = {
    True: CredentialStatus.VALID,
    False: CredentialStatus.INVALID,
    None: CredentialStatus.UNTESTED,
}
_KEY = re.compile(r"[!-~]{8,4000}")


@dataclass(frozen=True)
class NewCredential:
    """What a person enters for a service; an empty key keeps the one that is stored."""

    provider: Provider
    key: str = field(default="", repr=False)
    base_url: str = ""
    model: str = ""


def store(entered: NewCredential, *, keyring: Keyring, by: Actor) -> Row:
    """Store or replace what opens a service: for the keyring's team, else for the installation.

    Without a key the stored one stays, unless the address changes: a key goes only where it was
    entered for. Raise Conflict when the environment has the installation's key for the service,
    and Invalid with the reasons by field (`key`, `base_url`, `model`).
    """
    if keyring.team_id is None and entered.provider in keyring.environment:
        raise Conflict(f"The key for {TRAITS[entered.provider].label} is set in the environment.")
    trimmed = replace(
        entered,
        key=entered.key.strip(),
        base_url=entered.base_url.strip().rstrip("/"),
        model=entered.model.strip(),
    )
    # Looks up the host, so before the unit of work.
    problem = _address_problem(trimmed, keyring)
    return _store(trimmed, problem, keyring, by)


@transaction
def _store(entered: NewCredential, address_problem: str | None, keyring: Keyring, by: Actor) -> Row:
    provider, team_id = entered.provider.value, keyring.team_id
    row = queries.find(entered.provider, team_id=team_id)
    keeps_key = not entered.key and row is not None and (row.base_url or "") == entered.base_url
    _refuse(
        key=None if keeps_key else _key_problem(entered),
        base_url=address_problem,
        model="This is too long." if len(entered.model) > LONGEST_MODEL else None,
    )
    row = row or _new_row(provider, team_id)
    if not keeps_key:
        row.ciphertext = _sealed(entered, keyring)
        row.last_four = last_four(entered.key)
    row.base_url, row.model, row.updated_by = (
        entered.base_url or None,
        entered.model or None,
        by.email,
    )
    row.status, row.tested_at, row.test_message = CredentialStatus.UNTESTED, None, None
    key = "kept" if keeps_key else "new"
    audit.record("credential.set", row, actor=by, provider=provider, key=key, **_whose(team_id))
    return row


def _sealed(entered: NewCredential, keyring: Keyring) -> str | None:
    if not entered.key:
        return None
    provider, team_id = entered.provider.value, keyring.team_id
    return sealed(entered.key, secret_key=keyring.secret_key, provider=provider, team_id=team_id)


def _whose(team_id: str | None) -> dict[str, str]:
    return {"team": team_id} if team_id else {}


def _new_row(provider: str, team_id: str | None) -> Row:
    row: Row = ProviderCredential(provider=provider, updated_by="")
    if team_id is not None:
        row = TeamCredential(team_id=team_id, provider=provider, updated_by="")
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Conflict("Somebody else has just stored a key for this service.") from error
    return row


@transaction
def delete(provider: Provider, *, keyring: Keyring, by: Actor) -> None:
    """Forget what the keyring's team, else the installation, has stored for a service.

    Raise NotFound when nothing is stored.
    """
    row = queries.get(provider, team_id=keyring.team_id)
    told = {"provider": provider.value, **_whose(keyring.team_id)}
    audit.record("credential.delete", row, actor=by, **told)
    db.session.delete(row)


@transaction
def record_test(
    tested: Opened, *, ok: bool | None, message: str, keyring: Keyring, by: Actor | None
) -> None:
    """Note what a test of a service said; a key of the environment has only its audit record.

    `ok` is None when the service gave no answer that tells: the key is as good as untested.
    `message` must hold no secret. Nothing is noted when the key is gone by then.
    """
    result, provider, row = _RESULTS[ok], tested.provider, None
    if tested.where is not Where.ENVIRONMENT:
        team_id = keyring.team_id if tested.where is Where.TEAM else None
        row = queries.find(provider, team_id=team_id)
    if row is None:
        audit.note(
            "credential.test",
            ProviderCredential.__tablename__,
            provider.value,
            actor=by,
            result=result.value,
        )
        return
    row.status = result
    row.tested_at, row.test_message = clock.now(), message[:LONGEST_MESSAGE]
    audit.record("credential.test", row, actor=by, provider=provider.value, result=result.value)


def _refuse(**found: str | None) -> None:
    """Raise Invalid with everything that is wrong with what was entered."""
    problems = {name: [text] for name, text in found.items() if text}
    if problems:
        raise Invalid("The key can't be stored.", fields=problems)


def _key_problem(entered: NewCredential) -> str | None:
    traits = TRAITS[entered.provider]
    if not entered.key:
        return f"{traits.label} needs a key." if traits.needs_key else None
    if not traits.takes_key:
        return f"{traits.label} has no key."
    if not _KEY.fullmatch(entered.key):
        return "A key is at least eight letters, digits and signs, without spaces."
    if traits.key_form and not all(entered.key.partition(":")):
        return f"Enter it as {traits.key_form}."
    return None


def _address_problem(entered: NewCredential, keyring: Keyring) -> str | None:
    traits = TRAITS[entered.provider]
    if not traits.takes_address:
        return f"{traits.label} has an address of its own." if entered.base_url else None
    if not entered.base_url:
        return f"{traits.label} needs an address."
    if len(entered.base_url) > LONGEST_ADDRESS:
        return "This is too long."
    try:
        web_address(entered.base_url)
        found = addresses.check(entered.base_url, keyring.allow_hosts)
    except AddressRefused as error:
        return str(error)
    return None if found else "The server's name could not be found."
