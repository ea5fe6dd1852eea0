"""The team's keys: stored encrypted, replaced, forgotten, tested, and told without the secret."""

from __future__ import annotations

import dataclasses
import socket

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.providers import queries, service
from bacowr.providers.catalog import Kind, Provider
from bacowr.providers.credentials import (
    Shown,
    all_opened,
    find_first_opened,
    find_opened,
    open_credential,
    shown,
)
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus, ProviderCredential
from bacowr.providers.service import NewCredential

KEY = "sk-tiger-lily-1234"
STORED = Opened(Provider.OPENAI, Where.STORED)
PUBLIC = "93.184.215.14"


def resolve(monkeypatch: pytest.MonkeyPatch, known: dict[str, str]) -> None:
    """Let names lead to these addresses, or nowhere; an address leads to itself."""

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        ip = known.get(host, host)
        if not ip:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def set_key(
    keyring: Keyring, by: User, provider: Provider = Provider.OPENAI, key: str = KEY
) -> queries.Row:
    return service.store(NewCredential(provider, key), keyring=keyring, by=by)


def one(keyring: Keyring, provider: Provider) -> Shown:
    db.session.expire_all()
    return next(each for each in shown(keyring) if each.provider is provider)


def events() -> list[tuple[str, str, dict[str, object]]]:
    rows = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.resource_type == "provider_credentials")
    )
    return [(row.action, row.actor_label, row.data) for row in rows]


def problems(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def with_environment(keyring: Keyring, *given: Opened) -> Keyring:
    return dataclasses.replace(keyring, environment={each.provider: each for each in given})


def test_a_key_is_stored_encrypted_and_opens_the_service(keyring: Keyring, admin: User) -> None:
    row = set_key(keyring, admin)
    assert KEY not in str(vars(row))
    assert open_credential(Provider.OPENAI, keyring) == Opened(Provider.OPENAI, Where.STORED, KEY)
    told = one(keyring, Provider.OPENAI)
    assert (told.where, told.last_four, told.is_readable) == (Where.STORED, "1234", True)
    assert (told.status, told.updated_by) == (CredentialStatus.UNTESTED, "admin@example.org")
    assert KEY not in repr(told)


def test_the_audit_log_tells_who_and_not_what(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    service.record_test(STORED, ok=True, message="Fine.", keyring=keyring, by=admin)
    service.delete(Provider.OPENAI, keyring=keyring, by=admin)
    told = events()
    assert [action for action, *_ in told] == [
        "credential.set",
        "credential.test",
        "credential.delete",
    ]
    assert {label for _, label, _ in told} == {"admin@example.org"}
    assert KEY not in repr(told)
    assert "1234" not in repr([data for *_, data in told])


def test_a_new_key_replaces_the_old_and_its_test(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    service.record_test(STORED, ok=False, message="x" * 900, keyring=keyring, by=None)
    told = one(keyring, Provider.OPENAI)
    assert (told.status, len(told.test_message or "")) == (CredentialStatus.INVALID, 500)
    assert told.tested_at
    set_key(keyring, admin, key="sk-another-key-9999")
    told = one(keyring, Provider.OPENAI)
    assert (told.last_four, told.status, told.tested_at, told.test_message) == (
        "9999",
        CredentialStatus.UNTESTED,
        None,
        None,
    )
    assert len(db.session.scalars(sa.select(ProviderCredential)).all()) == 1


def test_the_model_can_change_without_the_key(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    changed = NewCredential(Provider.OPENAI, model=" gpt-x ")
    service.store(changed, keyring=keyring, by=admin)
    assert find_opened(Provider.OPENAI, keyring) == Opened(
        Provider.OPENAI, Where.STORED, KEY, model="gpt-x"
    )
    assert [data["key"] for *_, data in events()] == ["new", "kept"]


def test_a_deleted_key_opens_nothing(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    service.delete(Provider.OPENAI, keyring=keyring, by=admin)
    assert find_opened(Provider.OPENAI, keyring) is None
    assert one(keyring, Provider.OPENAI).where is None
    with pytest.raises(NotFound):
        service.delete(Provider.OPENAI, keyring=keyring, by=admin)
    with pytest.raises(Conflict, match="OpenAI is not connected"):
        open_credential(Provider.OPENAI, keyring)


def test_after_a_new_secret_key_the_stored_ones_must_be_entered_again(
    keyring: Keyring, admin: User
) -> None:
    set_key(keyring, admin)
    set_key(keyring, admin, Provider.BRAVE)
    rotated = dataclasses.replace(keyring, secret_key="another-signing-key-of-32-characters")
    told = one(rotated, Provider.OPENAI)
    assert (told.where, told.is_readable, told.last_four) == (Where.STORED, False, "1234")
    assert all_opened(Kind.WRITER, rotated) == []
    for provider in (Provider.OPENAI, Provider.BRAVE):
        with pytest.raises(Conflict, match="Enter it again"):
            find_opened(provider, rotated)
    with pytest.raises(Conflict, match="Enter it again"):
        find_first_opened(Kind.SEARCH, rotated)
    set_key(rotated, admin)
    assert open_credential(Provider.OPENAI, rotated).key == KEY


def test_what_can_be_read_is_used_although_something_cannot(keyring: Keyring, admin: User) -> None:
    rotated = dataclasses.replace(keyring, secret_key="another-signing-key-of-32-characters")
    set_key(rotated, admin, Provider.SERPER)
    set_key(keyring, admin, Provider.BRAVE)
    found = find_first_opened(Kind.SEARCH, keyring)
    assert found
    assert found.provider is Provider.BRAVE
    assert find_first_opened(Kind.WRITER, keyring) is None


def test_the_environment_wins_and_cannot_be_changed(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    given = Opened(Provider.OPENAI, Where.ENVIRONMENT, "sk-from-the-environment-5678")
    set_by_operator = with_environment(keyring, given)
    assert find_opened(Provider.OPENAI, set_by_operator) == given
    told = one(set_by_operator, Provider.OPENAI)
    assert (told.where, told.last_four, told.updated_by) == (Where.ENVIRONMENT, "5678", None)
    with pytest.raises(Conflict, match="set in the environment"):
        set_key(set_by_operator, admin)
    service.record_test(given, ok=True, message="Fine.", keyring=set_by_operator, by=admin)
    assert queries.get(Provider.OPENAI).status is CredentialStatus.UNTESTED
    assert events()[-1][2] == {"result": "valid"}


def test_what_is_configured_is_listed_by_preference(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin, Provider.BRAVE)
    set_key(keyring, admin, Provider.DATAFORSEO, "me@example.org:password")
    serper = Opened(Provider.SERPER, Where.ENVIRONMENT, "from-the-environment")
    both = with_environment(keyring, serper)
    assert [(each.provider, each.where) for each in all_opened(Kind.SEARCH, both)] == [
        (Provider.DATAFORSEO, Where.STORED),
        (Provider.SERPER, Where.ENVIRONMENT),
        (Provider.BRAVE, Where.STORED),
    ]
    chosen = dataclasses.replace(both, preferred_search=Provider.BRAVE)
    assert [each.provider for each in all_opened(Kind.SEARCH, chosen)] == [Provider.BRAVE]
    first = find_first_opened(Kind.SEARCH, chosen)
    assert first
    assert first.provider is Provider.BRAVE


def test_the_operator_s_model_is_used_with_a_stored_key(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    chosen = dataclasses.replace(keyring, models={Provider.OPENAI: "gpt-x"})
    assert open_credential(Provider.OPENAI, chosen).model == "gpt-x"
    assert one(chosen, Provider.OPENAI).model == "gpt-x"


@pytest.mark.parametrize(
    "key", ["", "short", "with space in it", "tiger-l\u00edly-1234", "x" * 5000]
)
def test_a_key_that_cannot_be_one_is_refused(keyring: Keyring, admin: User, key: str) -> None:
    with pytest.raises(Invalid) as caught:
        set_key(keyring, admin, key=key)
    assert problems(caught) == {"key"}
    assert queries.find(Provider.OPENAI) is None


@pytest.mark.parametrize("key", ["only-a-login", ":password", "login-here:"])
def test_dataforseo_needs_login_and_password(keyring: Keyring, admin: User, key: str) -> None:
    with pytest.raises(Invalid) as caught:
        set_key(keyring, admin, Provider.DATAFORSEO, key)
    assert "login:password" in str(caught.value.fields)


def test_a_short_key_s_end_is_not_shown(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin, key="12345678")
    assert one(keyring, Provider.OPENAI).last_four is None


WRONG_ADDRESSES = [
    "",
    "localhost:8888",
    "http://localhost/",
    "http://127.0.0.1:9999",
    "http://169.254.169.254/latest",
    "http://10.0.0.7",
    "https://searx.example.org/?q=x",
    "https://searx.example.org/" + "x" * 2048,
    "https://nobody.example.org",
]


@pytest.mark.parametrize("address", WRONG_ADDRESSES)
def test_an_address_inside_the_house_is_refused(
    keyring: Keyring, admin: User, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve(monkeypatch, {"searx.example.org": PUBLIC, "nobody.example.org": ""})
    with pytest.raises(Invalid) as caught:
        service.store(NewCredential(Provider.SEARXNG, "", address), keyring=keyring, by=admin)
    assert problems(caught) == {"base_url"}


def test_an_allowed_or_public_address_is_stored(
    keyring: Keyring, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, {"searx.example.org": PUBLIC})
    for address in ("http://127.0.0.1:8888/", "https://searx.example.org/sub/"):
        service.store(NewCredential(Provider.SEARXNG, "", address), keyring=keyring, by=admin)
        found = open_credential(Provider.SEARXNG, keyring)
        assert (found.base_url, found.key) == (address.rstrip("/"), "")
        assert one(keyring, Provider.SEARXNG).last_four is None


def test_a_key_does_not_follow_to_another_address(
    keyring: Keyring, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, {"one.example.org": PUBLIC, "two.example.org": PUBLIC})
    first = NewCredential(Provider.COMPATIBLE, KEY, "https://one.example.org/v1", "llama")
    service.store(first, keyring=keyring, by=admin)
    service.store(dataclasses.replace(first, key=""), keyring=keyring, by=admin)
    assert open_credential(Provider.COMPATIBLE, keyring).key == KEY
    moved = dataclasses.replace(first, key="", base_url="https://two.example.org/v1")
    service.store(moved, keyring=keyring, by=admin)
    assert open_credential(Provider.COMPATIBLE, keyring).key == ""


def test_what_a_service_does_not_take_is_refused(keyring: Keyring, admin: User) -> None:
    for entered, field in (
        (NewCredential(Provider.SEARXNG, KEY, "http://127.0.0.1:8888"), "key"),
        (NewCredential(Provider.OPENAI, KEY, "http://127.0.0.1:8888"), "base_url"),
        (NewCredential(Provider.OPENAI, KEY, "", "m" * 121), "model"),
    ):
        with pytest.raises(Invalid) as caught:
            service.store(entered, keyring=keyring, by=admin)
        assert problems(caught) == {field}


def test_two_people_who_store_at_once_do_not_both(
    keyring: Keyring, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_key(keyring, admin)
    with monkeypatch.context() as patched:
        patched.setattr(queries, "find", lambda *_, **__: None)
        with pytest.raises(Conflict, match="just stored"):
            set_key(keyring, admin, key="sk-the-second-one")
    assert open_credential(Provider.OPENAI, keyring).key == KEY


def test_a_row_of_a_service_of_another_release_is_left_alone(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    db.session.execute(sa.update(ProviderCredential).values(provider="tomorrow"))
    assert all(each.where is None for each in shown(keyring))


def test_a_test_that_tells_nothing_leaves_the_key_untested(keyring: Keyring, admin: User) -> None:
    set_key(keyring, admin)
    for ok, status in ((True, "valid"), (None, "untested"), (False, "invalid")):
        service.record_test(STORED, ok=ok, message="So.", keyring=keyring, by=admin)
        told = one(keyring, Provider.OPENAI)
        assert (told.status, told.test_message) == (status, "So.")


def test_a_test_of_a_key_that_is_gone_is_only_audited(keyring: Keyring, admin: User) -> None:
    service.record_test(STORED, ok=True, message="", keyring=keyring, by=admin)
    assert queries.find(Provider.OPENAI) is None
    assert [action for action, *_ in events()] == ["credential.test"]


def test_new_credentials_keep_their_key_to_themselves() -> None:
    assert KEY not in repr(NewCredential(Provider.OPENAI, KEY))
